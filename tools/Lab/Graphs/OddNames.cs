using System.Globalization;

namespace Grap.Lab.Graphs;

/// <summary>Names for labels, relationship types and property keys that break what was written with ordinary ones in
/// mind.</summary>
public static class OddNames
{
    /// <summary>The longest name that Neo4j 5 accepts, in characters.</summary>
    public const int Longest = 16_383;

    /// <summary>The names; all different. U+0000 is missing: Neo4j refuses it in names.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        " ", "  ", "a b", "`", "``", "a`b", "'", "\"", "\\", "\\\\", "a.b", "a:b", "a|b&!c", "{}", "$x", "[0]", "//",
        "/* */", "--",
        "1", "-1", "1a", "true", "NULL", "MATCH", "RETURN 1;", "'; DROP", "name,name", "a\tb", "a\nb", "a\r\nb",
        "tag", "Tag", "TAG",
        "é", "e\u0301", "ß", "ẞ", "İ", "ı", "ſ", "Å", "Å", "ﬁ", "١", "日本語", "שלום", "مرحبا", "नमस्ते", "ไทย", "👍",
        "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "\U00020000",
        "\U0010FFFF", "\uFFFD", "\uFFFE", "\uFFFF", "\uE000", .. Invisible(), new string('n', Longest),
        new string('長', Longest),
    ];

    // Each invisible or directing character by itself in a name.
    private static IEnumerable<string> Invisible()
    {
        int[] characters =
        [
            .. Enumerable.Range(0x01, 0x1F), 0x7F, 0x80, 0x85, 0x9F, 0xA0, 0xAD, 0x034F, 0x061C, 0x115F, 0x1680, 0x180E,
            .. Enumerable.Range(0x2000, 0x10), 0x2028, 0x2029, .. Enumerable.Range(0x202A, 6),
            .. Enumerable.Range(0x2060, 10),
            0x3000, 0x3164, 0xFE0F, 0xFEFF, 0xFFA0, 0xE0001, 0xE0041,
        ];
        return characters.Select(character => string.Create(
            CultureInfo.InvariantCulture, $"x{char.ConvertFromUtf32(character)}y"));
    }
}
