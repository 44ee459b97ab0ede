using System.Reflection;
using Microsoft.AspNetCore.Builder;

namespace Waiide.ServiceDefaults;

/// <summary>Which version of a program this is, and what is compiled into it.</summary>
public static class ProgramVersion
{
    /// <summary>The version of that assembly's build, such as 0.1.0, without the commit.</summary>
    public static string Of(Assembly assembly) => assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>What --version says: "0.1.0 (.NET 10.0.12, ASP.NET Core 10.0.12)". A fix of .NET is in a program that was published after it, and in no other.</summary>
    public static string Line(Assembly program) => $"{Of(program)} (.NET {Environment.Version}, ASP.NET Core {Of(typeof(WebApplication).Assembly)})";
}
