using Microsoft.AspNetCore.Http;
using Waiide.Gateway.Activity;

namespace Waiide.Tests.Gateway.Activity;

public class RequestsTests
{
    [Theory]
    [InlineData(true, "GET", "Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document", true)]
    [InlineData(true, "GET", "Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document|Sec-Fetch-User: ?1", true)]
    [InlineData(true, "GET", "Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: iframe", false)] // A web view.
    [InlineData(true, "GET", "Sec-Fetch-Mode: cors|Sec-Fetch-Dest: empty", false)]
    [InlineData(true, "GET", "Sec-Fetch-Mode: no-cors|Sec-Fetch-Dest: image", false)]
    [InlineData(true, "GET", "Accept: text/html,*/*;q=0.8", true)] // A browser on plain http.
    [InlineData(true, "GET", "Accept: */*", false)] // curl
    [InlineData(true, "GET", "", false)]
    [InlineData(true, "HEAD", "Accept: text/html", false)]
    [InlineData(true, "GET", "Accept: text/html|Authorization: token x", false)]
    [InlineData(false, "GET", "Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document|Sec-Fetch-User: ?1", true)]
    [InlineData(false, "POST", "Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document|Sec-Fetch-User: ?1", true)] // A form that somebody sends.
    [InlineData(false, "GET", "Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document", false)] // A dashboard that reloads itself.
    [InlineData(false, "POST", "Sec-Fetch-Mode: cors|Sec-Fetch-Dest: empty", false)] // A page that asks for news.
    [InlineData(false, "GET", "Accept: text/html", true)]
    public void A_page_that_somebody_opens_counts_and_nothing_that_asks_by_itself(bool toIde, string method, string headers, bool expected)
    {
        var sent = new HeaderDictionary();
        foreach (var header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ")))
        {
            sent[header[0]] = header[1];
        }

        Assert.Equal(expected, Requests.IsByAPerson(method, sent, toIde));
    }
}
