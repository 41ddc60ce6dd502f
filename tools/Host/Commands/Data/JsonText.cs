using System.Collections;
using System.Globalization;
using System.Management.Automation;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Grap.Host.Commands.Data;

/// <summary>PowerShell's objects as JSON and back.</summary>
internal static class JsonText
{
    /// <param name="depth">Levels of objects that are written; what lies deeper is written as its text.</param>
    public static string Write(object? value, int depth, bool compress, bool enumsAsStrings)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using var writer = new JsonTextWriter(text)
        {
            Formatting = compress ? Newtonsoft.Json.Formatting.None : Newtonsoft.Json.Formatting.Indented,
            Culture = CultureInfo.InvariantCulture,
        };
        Write(writer, value, depth, enumsAsStrings);
        return text.ToString();
    }

    /// <summary>Reads one document; times in ISO 8601 become dates, as in pwsh.</summary>
    public static object? Read(string text, bool asHashtable)
    {
        using var reader = new JsonTextReader(new StringReader(text)) { Culture = CultureInfo.InvariantCulture };
        var token = JToken.ReadFrom(reader);
        if (reader.Read())
            throw new JsonReaderException($"Text follows the JSON document at line {reader.LineNumber}.");
        return FromToken(token, asHashtable);
    }

    private static void Write(JsonTextWriter writer, object? value, int depth, bool enumsAsStrings)
    {
        var wrapped = value as PSObject;
        var bare = wrapped is { BaseObject: not PSCustomObject } ? wrapped.BaseObject : value;
        switch (bare)
        {
            case null:
            case DBNull:
                writer.WriteNull();
                return;
            case Enum when enumsAsStrings:
                writer.WriteValue(bare.ToString());
                return;
            case Enum number:
                writer.WriteValue(Convert.ToInt64(number, CultureInfo.InvariantCulture));
                return;
            case string or bool or byte or sbyte or short or ushort or int or uint or long or ulong or float or double
                or decimal or DateTime or DateTimeOffset or Guid or Uri or char:
                writer.WriteValue(bare);
                return;
            case System.Numerics.BigInteger big:
                writer.WriteRawValue(big.ToString(CultureInfo.InvariantCulture));
                return;
        }

        if (depth < 0)
            writer.WriteValue(LanguagePrimitives.ConvertTo<string>(value));
        else if (bare is IDictionary map)
            WriteObject(writer, map.Keys.Cast<object>().Select(k => (k.ToString()!, map[k])), depth, enumsAsStrings);
        else if (bare is IEnumerable many)
            WriteArray(writer, many, depth, enumsAsStrings);
        else
            WriteObject(writer, Properties(PSObject.AsPSObject(value)), depth, enumsAsStrings);
    }

    private static void WriteArray(JsonTextWriter writer, IEnumerable many, int depth, bool enumsAsStrings)
    {
        writer.WriteStartArray();
        foreach (var item in many)
            Write(writer, item, depth - 1, enumsAsStrings);
        writer.WriteEndArray();
    }

    private static void WriteObject(
        JsonTextWriter writer, IEnumerable<(string Name, object? Value)> members, int depth, bool enumsAsStrings)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in members)
        {
            writer.WritePropertyName(name);
            Write(writer, value, depth - 1, enumsAsStrings);
        }

        writer.WriteEndObject();
    }

    private static IEnumerable<(string Name, object? Value)> Properties(PSObject item) => item.Properties
        .Where(property => property.IsGettable)
        .Select(property => (property.Name, ValueOf(property)));

    private static object? ValueOf(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            // A property that cannot be read has no value to write, as in pwsh.
            return null;
        }
    }

    private static object? FromToken(JToken token, bool asHashtable) => token switch
    {
        JObject map when asHashtable => Table(map),
        JObject map => Custom(map),
        JArray array => array.Select(item => FromToken(item, asHashtable)).ToArray(),
        JValue value => value.Value,
        _ => throw new JsonReaderException($"There is no object for {token.Type}."),
    };

    private static Hashtable Table(JObject map)
    {
        var table = new Hashtable();
        foreach (var property in map.Properties())
            table[property.Name] = FromToken(property.Value, asHashtable: true);
        return table;
    }

    private static PSObject Custom(JObject map)
    {
        var custom = new PSObject();
        foreach (var property in map.Properties())
            custom.Properties.Add(new PSNoteProperty(property.Name, FromToken(property.Value, asHashtable: false)));
        return custom;
    }
}
