using Waiide.Tests.Conformance;

// The tests are run by dotnet test; this is what the project does when it is run itself.
if (args is not ["conformance", .. var rest])
{
    Console.Error.WriteLine($"dotnet run --project Waiide.Tests -- {ConformanceCommand.Usage}");
    return 2;
}

return await ConformanceCommand.RunAsync(rest);
