using System.Net;

namespace Waiide.Gateway.Doctor;

/// <summary>"Waiide.Gateway health": the exit code is 0 where the gateway of this environment can be used, as container engines ask it; images need no curl for that.</summary>
internal static class HealthQuestion
{
    internal static async Task<int> AskAsync()
    {
        try
        {
            var options = new GatewayOptionsReader(new ConfigurationBuilder().AddEnvironmentVariables().Build()).Read();
            using var dial = new Dial(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
            var answer = await dial.AskAsync(GatewayChecks.Url(options, GatewayChecks.Ports(options)[0], "health"));
            if (answer.Status == (int)HttpStatusCode.OK)
            {
                return 0;
            }

            Console.Error.WriteLine(answer.Status == 0 ? $"The gateway does not answer: {answer.Trouble}." : $"/health answers {answer.Status}: {answer.Json?["failing"]?.ToJsonString()}");
        }
        catch (CannotStartException mistake)
        {
            Console.Error.WriteLine(mistake.Message);
        }

        return 1;
    }
}
