using System.Text;
using CsCheck;
using Grap.Schemas;
using Xunit;

namespace Grap.Tests.Unit.Schemas;

public sealed class DeclaredSchemaTests
{
    private const string Example = """
        {
          // Comments and trailing commas are fine.
          "version": 1,
          "labels": { "Person": { "required": true, "properties": ["name", "e-mail"] }, "City": {} },
          "relationshipTypes": { "LIVES_IN": { "properties": ["since"] } },
          "constraints": [
            { "name": "person_email", "type": "unique", "label": "Person", "properties": ["e-mail"] },
            { "name": "lives_id", "type": "unique", "relationshipType": "LIVES_IN", "properties": ["id"] },
            { "name": "person_key", "type": "key", "label": "Person", "properties": ["a", "b"] },
            { "name": "person_name", "type": "exists", "label": "Person", "properties": ["name"] },
            { "name": "person_age", "type": "typed", "label": "Person", "properties": ["age"], "propertyType": "INTEGER" },
          ],
          "indexes": [
            { "name": "city_name", "type": "range", "label": "City", "properties": ["name"] },
            { "name": "words", "type": "fulltext", "labels": ["Person", "City"], "properties": ["name"] },
            { "name": "likeness", "type": "vector", "label": "City", "properties": ["v"],
              "options": { "vector.dimensions": 3, "vector.similarity_function": "cosine" } }
          ],
          "rules": [
            { "every": "City", "has": "IN", "to": "Country", "direction": "out", "severity": "warn" },
            { "every": "Person", "has": "KNOWS" },
            { "name": "no loops", "cypher": "MATCH (n)-->(n) RETURN count(*)" }
          ]
        }
        """;

    [Fact]
    public void Everything_that_can_be_declared_is_read()
    {
        var schema = Parse(Example);
        Assert.Equal(["Person", "City"], schema.Labels.Select(label => label.Name));
        Assert.True(schema.Labels[0].Required);
        Assert.Equal(["name", "e-mail"], schema.Labels[0].Properties);
        Assert.Equal(["since"], schema.RelationshipTypes.Single().Properties);
        Assert.Equal(
            ["UNIQUENESS", "RELATIONSHIP_UNIQUENESS", "NODE_KEY", "NODE_PROPERTY_EXISTENCE", "NODE_PROPERTY_TYPE"],
            schema.Constraints.Select(constraint => constraint.Type));
        Assert.Equal("INTEGER", schema.Constraints[4].PropertyType);
        Assert.Equal(["RANGE", "FULLTEXT", "VECTOR"], schema.Indexes.Select(index => index.Type));
        Assert.Equal(["Person", "City"], schema.Indexes[1].LabelsOrTypes);
        var settings = (IReadOnlyDictionary<string, object?>)schema.Indexes[2].Options["indexConfig"]!;
        Assert.Equal((3L, "cosine"), (settings["vector.dimensions"], settings["vector.similarity_function"]));
        Assert.Equal(["every City has IN to Country", "every Person has KNOWS", "no loops"], schema.Rules.Select(rule => rule.Name));
        Assert.Equal(
            "MATCH (n:`City`) WHERE NOT EXISTS { (n)-[:`IN`]->(:`Country`) } RETURN count(n)", schema.Rules[0].Cypher);
        Assert.Equal([true, false, false], schema.Rules.Select(rule => rule.Warns));
    }

    [Fact]
    public void A_file_may_begin_with_a_byte_order_mark_and_declare_nothing()
    {
        var schema = DeclaredSchema.Parse(Encoding.UTF8.GetBytes("\uFEFF{\"version\":1}"), "x.json");
        Assert.Empty(schema.Labels);
    }

    [Fact]
    public void A_name_cannot_break_out_of_its_place_in_a_query()
    {
        var rule = Parse("""{ "version": 1, "rules": [{ "every": "A`) DETACH DELETE (n", "has": "R\\u0060]" }] }""").Rules.Single();
        Assert.Equal(
            @"MATCH (n:`A``) DETACH DELETE (n`) WHERE NOT EXISTS { (n)-[:`R\u005Cu0060]`]-() } RETURN count(n)", rule.Cypher);
    }

    [Fact]
    public void Nodes_that_Grap_keeps_break_no_rule_about_a_label_that_both_use()
    {
        var rule = Parse("""{ "version": 1, "rules": [{ "every": "AuditLogEntry", "has": "ABOUT" }] }""").Rules.Single();
        Assert.Contains("AND NOT (n:GrapProjection AND n.grap_repository IS NOT NULL)", rule.Cypher, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "the file must be an object")]
    [InlineData("null", "the file must be an object")]
    [InlineData("{}", "version must be 1")]
    [InlineData("""{"version":2}""", "version must be 1")]
    [InlineData("""{"version":1.5}""", "version must be 1")]
    [InlineData("""{"version":1,"version":1}""", "version is there twice")]
    [InlineData("""{"version":1,"lables":{}}""", "lables is not known")]
    [InlineData("""{"version":1,"labels":[]}""", "labels must be an object")]
    [InlineData("""{"version":1,"labels":{"A":{},"A":{}}}""", "labels.A is there twice")]
    [InlineData("""{"version":1,"labels":{"":{}}}""", "not a name")]
    [InlineData("""{"version":1,"labels":{"a\u0000b":{}}}""", "not a name")]
    [InlineData("""{"version":1,"labels":{"A":{"required":"yes"}}}""", "labels.A.required must be true or false")]
    [InlineData("""{"version":1,"labels":{"A":{"properties":"x"}}}""", "labels.A.properties must be a list")]
    [InlineData("""{"version":1,"labels":{"A":{"properties":[1]}}}""", "labels.A.properties[0] must be a text")]
    [InlineData("""{"version":1,"labels":{"A":{"properties":["x","x"]}}}""", "labels.A.properties has a name twice")]
    [InlineData("""{"version":1,"labels":{"\ud800":{}}}""", "cannot be used")]
    [InlineData("""{"version":1,"constraints":[{"type":"unique","label":"A","properties":["x"]}]}""", "constraints[0].name is missing")]
    [InlineData("""{"version":1,"constraints":[{"name":"c","type":"UNIQUE","label":"A","properties":["x"]}]}""", "constraints[0].type must be")]
    [InlineData("""{"version":1,"constraints":[{"name":"c","type":"unique","properties":["x"]}]}""", "must have one of label")]
    [InlineData("""{"version":1,"constraints":[{"name":"c","type":"unique","label":"A","relationshipType":"R","properties":["x"]}]}""", "must have one of label")]
    [InlineData("""{"version":1,"constraints":[{"name":"c","type":"unique","label":"A","properties":[]}]}""", "must name one property")]
    [InlineData("""{"version":1,"constraints":[{"name":"grap_x","type":"unique","label":"A","properties":["x"]}]}""", "Grap's own")]
    [InlineData("""{"version":1,"constraints":[{"name":"c","type":"typed","label":"A","properties":["x"],"propertyType":"INTEGER} DROP"}]}""", "must be a type of Cypher")]
    [InlineData("""{"version":1,"constraints":[{"name":"c","type":"unique","label":"A","properties":["x"],"propertyType":"STRING"}]}""", "only there")]
    [InlineData("""{"version":1,"constraints":[{"name":"c","type":"unique","label":"A","properties":["x"]}],"indexes":[{"name":"c","type":"range","label":"A","properties":["x"]}]}""", "declares the name 'c' twice")]
    [InlineData("""{"version":1,"indexes":[{"name":"i","type":"range","labels":["A","B"],"properties":["x"]}]}""", "must have one of label")]
    [InlineData("""{"version":1,"indexes":[{"name":"i","type":"vector","label":"A","properties":["x"],"options":{"a":{}}}]}""", "indexes[0].options.a must be")]
    [InlineData("""{"version":1,"rules":[{"every":"A"}]}""", "rules[0].has is missing")]
    [InlineData("""{"version":1,"rules":[{"cypher":"RETURN 0"}]}""", "rules[0].name is missing")]
    [InlineData("""{"version":1,"rules":[{"name":"x","cypher":"RETURN 0","every":"A"}]}""", "both cypher and every")]
    [InlineData("""{"version":1,"rules":[{"every":"A","has":"R","direction":"up"}]}""", "direction must be")]
    [InlineData("""{"version":1,"rules":[{"every":"A","has":"R","severity":"off"}]}""", "severity must be")]
    [InlineData("""{"version":1,"rules":[[[[[[[[[[]]]]]]]]]]}""", "depth")]
    [InlineData("""{"version":1} {}""", "after")]
    public void What_makes_no_sense_is_refused_and_the_place_is_named(string text, string problem)
    {
        var failure = Assert.Throws<GrapException>(() => Parse(text));
        Assert.Equal(GrapCondition.SchemaInvalid, failure.Condition);
        Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("The declared schema 'schema.json' cannot be used: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_or_too_large_is_refused()
    {
        Assert.Equal(GrapCondition.SchemaInvalid, Assert.Throws<GrapException>(() => DeclaredSchema.Load("/nowhere/x.json")).Condition);
        Assert.Equal(GrapCondition.SchemaInvalid,
            Assert.Throws<GrapException>(() => Parse(new string(' ', DeclaredSchema.MaxBytes + 1))).Condition);
    }

    [Fact]
    public void Damaged_files_are_read_or_refused_and_nothing_else()
    {
        var bytes = Encoding.UTF8.GetBytes(Example);
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte, Gen.Int[0, 40]).Array[1, 4].Sample(changes =>
        {
            var damaged = bytes.ToList();
            foreach (var (at, value, cut) in changes)
            {
                var place = Math.Min(at, damaged.Count - 1);
                damaged[place] = value;
                if (cut % 3 == 0)
                    damaged.RemoveRange(place, Math.Min(cut, damaged.Count - place - 1));
            }
            try
            {
                DeclaredSchema.Parse(damaged.ToArray(), "schema.json");
            }
            catch (GrapException refused)
            {
                Assert.Equal(GrapCondition.SchemaInvalid, refused.Condition);
            }
        }, iter: 20_000);
    }

    private static DeclaredSchema Parse(string text) => DeclaredSchema.Parse(Encoding.UTF8.GetBytes(text), "schema.json");
}
