namespace Grap.Bolt.PackStream;

/// <summary>The kinds of value that PackStream knows.</summary>
public enum PackStreamType
{
    /// <summary>null</summary>
    Null,
    /// <summary>true or false</summary>
    Boolean,
    /// <summary>64-bit integer</summary>
    Integer,
    /// <summary>64-bit float</summary>
    Float,
    /// <summary>Bytes.</summary>
    Bytes,
    /// <summary>UTF-8 string.</summary>
    String,
    /// <summary>List.</summary>
    List,
    /// <summary>Map with string keys.</summary>
    Map,
    /// <summary>Structure: a tag and fields.</summary>
    Structure,
    /// <summary>128-bit UUID (Bolt 6.1 and later).</summary>
    Uuid,
}
