using Waiide.Tests.Conformance;

// dotnet test runs the tests; this is what the project does when it is run itself.
if (args is not ["conformance", .. var rest])
{
    Console.Error.WriteLine($"Usage: dotnet run --project Waiide.Tests -- {ConformanceCommand.Usage}\nThe tests are run by dotnet test.");
    return 2;
}

return await ConformanceCommand.RunAsync(rest);
