using System.Collections;
using System.Text;
using Grap.Backups;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Linq;
using Newtonsoft.Json.Serialization;

namespace Grap.Archives;

/// <summary>The manifest as JSON: UTF-8 without a byte order mark, camelCase, enums by name, nothing that is null,
/// names of maps in ordinal order. Equal manifests give equal bytes.</summary>
internal static class ManifestJson
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] Write(BackupManifest manifest)
    {
        using var bytes = new MemoryStream();
        using (var text = new StreamWriter(bytes, Utf8) { NewLine = "\n" })
        using (var json = new JsonTextWriter(text))
            NewSerializer().Serialize(json, manifest);
        return bytes.ToArray();
    }

    public static BackupManifest Read(ReadOnlySpan<byte> utf8, string archive)
    {
        try
        {
            using var text = new StringReader(Utf8.GetString(utf8));
            using var json = new JsonTextReader(text);
            var manifest = NewSerializer().Deserialize<BackupManifest>(json);
            if (manifest?.Id is not { Length: > 0 } || manifest.Source is null)
                throw ArchiveFault.Corrupt(archive, "the manifest lacks its id or its source");
            return manifest;
        }
        catch (Exception error) when (
            error is JsonException or DecoderFallbackException or FormatException or ArgumentException
            or OverflowException or InvalidCastException)
        {
            throw ArchiveFault.Corrupt(archive, "the manifest is not the JSON it should be", error);
        }
    }

    private static JsonSerializer NewSerializer() => JsonSerializer.Create(new JsonSerializerSettings
    {
        ContractResolver = Contracts,
        NullValueHandling = NullValueHandling.Ignore,
        ObjectCreationHandling = ObjectCreationHandling.Replace,
        // A string that looks like a date stays a string.
        DateParseHandling = DateParseHandling.None,
        FloatFormatHandling = FloatFormatHandling.String,
        Converters =
        {
            new StringEnumConverter { AllowIntegerValues = false }, new OrderedMapConverter(),
            new PlainValueConverter(),
        },
    });

    private static readonly DefaultContractResolver Contracts = new()
    {
        // Names that users chose (labels, settings) keep their case.
        NamingStrategy = new CamelCaseNamingStrategy { ProcessDictionaryKeys = false },
    };

    /// <summary>Writes maps in ordinal order of their names, whatever order they were filled in.</summary>
    private sealed class OrderedMapConverter : JsonConverter
    {
        public override bool CanRead => false;

        public override bool CanConvert(Type objectType) => objectType.IsGenericType
            && Array.Exists([objectType, .. objectType.GetInterfaces()], type => type.IsGenericType
                && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)
                && type.GenericTypeArguments[0] == typeof(string));

        public override object ReadJson(
            JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer) =>
            throw new NotSupportedException();

        public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer)
        {
            var pairs = new SortedDictionary<string, object?>(StringComparer.Ordinal);
            foreach (DictionaryEntry pair in (IDictionary)value!)
                pairs[(string)pair.Key] = pair.Value;
            writer.WriteStartObject();
            foreach (var (name, item) in pairs)
            {
                writer.WritePropertyName(name);
                serializer.Serialize(writer, item);
            }
            writer.WriteEndObject();
        }
    }

    /// <summary>Reads values of unknown type (options of an index) as plain .NET values instead of JSON
    /// nodes.</summary>
    private sealed class PlainValueConverter : JsonConverter
    {
        public override bool CanWrite => false;

        public override bool CanConvert(Type objectType) => objectType == typeof(object);

        public override object? ReadJson(
            JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer) =>
            Plain(JToken.Load(reader));

        public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer) =>
            throw new NotSupportedException();

        private static object? Plain(JToken token) => token switch
        {
            JObject map => map.Properties().ToDictionary(
                pair => pair.Name, pair => Plain(pair.Value), StringComparer.Ordinal),
            JArray list => list.Select(Plain).ToList(),
            JValue value => value.Value,
            _ => throw new JsonSerializationException($"Unexpected {token.Type}."),
        };
    }
}
