using System.Text;

namespace Grap.Host.Commands.Items;

/// <summary>The names that <c>-Encoding</c> takes.</summary>
internal static class ContentEncoding
{
    public static Encoding Of(string name) => name.ToUpperInvariant() switch
    {
        "UTF8" or "UTF8NOBOM" => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        "UTF8BOM" => new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
        "ASCII" => Encoding.ASCII,
        "UNICODE" => Encoding.Unicode,
        "LATIN1" => Encoding.Latin1,
        _ => throw new NotSupportedException($"-Encoding {name} is not supported here."),
    };
}
