using Grap.Bolt;
using Xunit;

namespace Grap.Tests.Unit.Bolt;

public sealed class AddressTests
{
    [Theory]
    [InlineData("bolt://localhost", "bolt://localhost:7687")]
    [InlineData("BOLT+S://Db.Example:17687", "bolt+s://db.example:17687")]
    [InlineData("neo4j://[::1]", "neo4j://[::1]:7687")]
    [InlineData("neo4j+ssc://[FE80::1]:99/", "neo4j+ssc://[fe80::1]:99")]
    [InlineData("neo4j+s://db.example:7687?b=2&a=x%20y", "neo4j+s://db.example:7687?a=x%20y&b=2")]
    [InlineData("bolt+ssc://neo4j_db:1", "bolt+ssc://neo4j_db:1")]
    public void An_address_has_one_form_that_parses_back(string address, string canonical)
    {
        var parsed = BoltAddress.Parse(address);

        Assert.Equal(canonical, parsed.ToString());
        Assert.Equal(parsed, BoltAddress.Parse(canonical));
        Assert.Equal(parsed.GetHashCode(), BoltAddress.Parse(canonical).GetHashCode());
    }

    [Theory]
    [InlineData("localhost:7687")]
    [InlineData("http://localhost:7474")]
    [InlineData("bolt+x://localhost")]
    [InlineData("bolt://")]
    [InlineData("bolt://host:0")]
    [InlineData("bolt://host:65536")]
    [InlineData("bolt://host:+1")]
    [InlineData("bolt://ho st")]
    [InlineData("bolt://host/path")]
    [InlineData("bolt://::1")]
    [InlineData("bolt://[::1")]
    [InlineData("bolt://[host]:1")]
    [InlineData("bolt://host?region=eu")]
    [InlineData("neo4j://host?region")]
    [InlineData("neo4j://host?a=1&a=2")]
    [InlineData("neo4j://host?address=x")]
    public void What_is_no_address_is_refused(string address) =>
        Assert.Equal(BoltErrorKind.InvalidAddress, Assert.Throws<BoltException>(() => BoltAddress.Parse(address)).Kind);

    [Theory]
    [InlineData("bolt://neo4j:s3cret@host")]
    [InlineData("neo4j:s3cret@host:7687")]
    [InlineData("s3cret://host")]
    [InlineData("bolt://host:s3cret")]
    public void A_refusal_never_repeats_what_may_be_a_secret(string address) => Assert.DoesNotContain(
        "s3cret", Assert.Throws<BoltException>(() => BoltAddress.Parse(address)).ToString(), StringComparison.Ordinal);
}
