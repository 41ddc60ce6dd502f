using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Grap.Servers.Installations;

/// <summary>
/// Gives a new server the password of its user <c>neo4j</c> before its first start, as <c>neo4j-admin dbms
/// set-initial-password</c> does: in the file <c>dbms/auth.ini</c> of its data folder. That command takes the
/// password as an argument, which every user of the machine can read in the list of processes; a file of our own is
/// read by nobody else.
/// </summary>
internal static class InitialPassword
{
    private const int Iterations = 1024;
    private const int SaltBytes = 32;

    /// <summary>Writes the file.</summary>
    public static void Write(string dataFolder, string password)
    {
        var folder = Path.Combine(dataFolder, "dbms");
        Directory.CreateDirectory(folder);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new StreamWriter(Path.Combine(folder, "auth.ini"), options);
        file.Write(Record(password, RandomNumberGenerator.GetBytes(SaltBytes)));
    }

    /// <summary>
    /// One line, <c>neo4j:SHA-256,&lt;hash&gt;,&lt;salt&gt;,1024:</c>, both in hexadecimal: SHA-256 of salt and
    /// password, then of the hash itself until it was hashed 1,024 times. Read off the files that the command of
    /// 5.13, 5.26 and 2026.08 writes. Behind the last colon stands <c>password_change_required</c> where that is
    /// wanted.
    /// </summary>
    internal static string Record(string password, ReadOnlySpan<byte> salt)
    {
        var hash = SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(password)]);
        for (var round = 1; round < Iterations; round++)
            hash = SHA256.HashData(hash);
        return string.Create(CultureInfo.InvariantCulture,
            $"neo4j:SHA-256,{Hex(hash)},{Hex(salt)},{Iterations}:\n");
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes).ToLowerInvariant();
}
