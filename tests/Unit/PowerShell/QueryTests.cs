using System.Collections;
using System.Management.Automation;
using Grap.PowerShell.Queries;
using Xunit;

namespace Grap.Tests.Unit.PowerShell;

public class QueryTests
{
    [Fact]
    public void Columns_become_properties_in_their_order()
    {
        var row = new QueryRows(["z", "a", "n.name"]).Row([1, null, "x"]);
        Assert.Equal(["z", "a", "n.name"], row.Properties.Select(property => property.Name));
        Assert.Equal([1, null, "x"], row.Properties.Select(property => property.Value));
    }

    [Fact]
    public void Columns_that_differ_by_case_only_stay_apart()
    {
        var row = new QueryRows(["n", "N", "N_2", "n"]).Row([1, 2, 3, 4]);
        Assert.Equal(["n", "N_2", "N_2_2", "n_3"], row.Properties.Select(property => property.Name));
    }

    [Fact]
    public void Parameters_lose_the_wrappers_of_PowerShell()
    {
        var custom = new PSObject();
        custom.Properties.Add(new PSNoteProperty("deep", PSObject.AsPSObject(new object[] { 1, PSObject.AsPSObject("two") })));
        var bytes = new byte[] { 1, 2 };
        var plain = QueryParameters.Unwrap(new Hashtable
        {
            ["custom"] = custom,
            ["bytes"] = PSObject.AsPSObject(bytes),
            ["letter"] = 'c',
        }).ToDictionary(pair => pair.Name, pair => pair.Value);
        var deep = (List<object?>)((Dictionary<string, object?>)plain["custom"]!)["deep"]!;
        Assert.Equal([1, "two"], deep);
        Assert.Same(bytes, plain["bytes"]);
        Assert.Equal("c", plain["letter"]);
    }

    [Fact]
    public void A_key_that_is_no_text_is_refused() => Assert.Equal(GrapCondition.SettingInvalid,
        Assert.Throws<GrapException>(() => QueryParameters.Unwrap(new Hashtable { [1] = 2 })).Condition);

    [Fact]
    public void A_table_that_holds_itself_is_refused()
    {
        var table = new Hashtable();
        table["self"] = table;
        Assert.Equal(GrapCondition.SettingInvalid, Assert.Throws<GrapException>(() => QueryParameters.Unwrap(table)).Condition);
    }
}
