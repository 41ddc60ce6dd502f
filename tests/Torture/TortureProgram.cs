namespace Grap.Tests.Torture;

/// <summary>The program, for those that run it.</summary>
public static class TortureProgram
{
    /// <summary>Where the password of a server stands that is named with <c>--server</c>.</summary>
    public const string PasswordVariable = "GRAP_TORTURE_PASSWORD";

    /// <summary>The assembly to run.</summary>
    public static string Path => typeof(TortureProgram).Assembly.Location;
}
