var builder = DistributedApplication.CreateBuilder(args);
var hub = builder.AddProject<Projects.Waiide_Hub_Mock>("hub").WithHttpEndpoint(name: "http");
builder.AddProject<Projects.Waiide_Gateway>("gateway").WithReference(hub).WithHttpEndpoint(name: "http").WaitFor(hub);
builder.Build().Run();
