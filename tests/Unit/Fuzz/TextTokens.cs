using System.Text;

namespace Grap.Tests.Unit.Fuzz;

/// <summary>What means something in a text format.</summary>
internal static class TextTokens
{
    public static readonly byte[][] Json = Bytes(
        "null", "true", "[]", "{}", "[null]", "[[]]", "{\"a\":", "\"\"", "\"7\"", "\"99999999999999999999\"",
        "99999999999999999999",
        "-1", "1e999", "0.5", "9223372036854775807", "\"\\ud800\"", "\"\\u0000\"", "\\", "\"", ",", ":", "}", "]", "\n",
        "\"00000000-0000-0000-0000-000000000000\"", "\"0001-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:59.9999999-14:00\"", "\"Bolt\"", "\"Exact\"",
        new string('[', 200), string.Concat(Enumerable.Repeat("{\"a\":", 200)), "/*", "NaN",
            "\"$type\":\"System.IO.FileInfo\",")
        .Append([0xFF]).Append([0xED, 0xA0, 0x80]).Append([0xEF, 0xBB, 0xBF]).ToArray();

    public static readonly byte[][] Env = Bytes(
        "=", "'", "\"", "\\", "#", " #", "\n", "\r", "\r\n", "\t", "export ", "$", "A=", "A='", "A=\"", "\0", "ü",
        "\u2028", "NEO4J_AUTH=", "none");

    private static byte[][] Bytes(params string[] tokens) => [.. tokens.Select(Encoding.UTF8.GetBytes)];
}
