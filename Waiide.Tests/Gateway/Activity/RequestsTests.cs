using System.Security.Claims;
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
    [InlineData(false, "GET", "Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document|Sec-Fetch-User: ?1", true)]
    [InlineData(false, "POST", "Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document|Sec-Fetch-User: ?1", true)] // A form that somebody sends.
    [InlineData(false, "GET", "Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document", false)] // A dashboard that reloads itself.
    [InlineData(false, "POST", "Sec-Fetch-Mode: cors|Sec-Fetch-Dest: empty", true)] // A cell that is saved.
    [InlineData(false, "PUT", "Sec-Fetch-Mode: cors|Authorization: token of-a-jupyter-of-ones-own", true)]
    [InlineData(false, "GET", "Sec-Fetch-Mode: cors|Sec-Fetch-Dest: empty", false)] // A page that asks for news.
    [InlineData(false, "OPTIONS", "Sec-Fetch-Mode: cors", false)]
    [InlineData(true, "POST", "Sec-Fetch-Mode: cors|Sec-Fetch-Dest: empty", false)]
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

    [Theory]
    [InlineData("cookie", nameof(Sight.Person))]
    [InlineData("none", nameof(Sight.Person))]
    [InlineData("token", nameof(Sight.Traffic))]
    public void Programs_with_a_token_say_themselves_when_they_are_at_work(string by, string sight)
    {
        var context = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity(by)) };
        context.Request.Method = "GET";
        context.Request.Headers.Accept = "text/html";
        Assert.Equal(sight, Requests.SightOf(context.Request, toIde: true).ToString());
    }
}
