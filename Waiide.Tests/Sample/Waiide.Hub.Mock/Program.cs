// What the hub of the recording was: a process that is healthy and shows its environment.
var app = WebApplication.Create(args);
app.MapGet("/health", () => "ok");
app.MapGet("/env", () => Environment.GetEnvironmentVariables());
app.Run();
