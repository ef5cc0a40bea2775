using Praetor.Api.Dns.Answers;

namespace Praetor.Tests.Dns;

/// <summary>dns 3, node TXT: RFC 1464 quoting.</summary>
public class NodeTextTests
{
    [Theory]
    [InlineData("key", "value", "key=value")]
    [InlineData("a=a", "true", "a`=a=true")]
    [InlineData("novalue", "", "novalue=")]
    [InlineData("k", "c d", "k=c d")]
    [InlineData("k", " c=d ", "k= c=d ")]
    [InlineData("b`k", "v`v", "b``k=v``v")]
    [InlineData("  lead", "x", "` ` lead=x")]
    [InlineData("trail ", "x", "trail` =x")]
    [InlineData("in side", "x", "in side=x")]
    [InlineData("rfc1035-00", "the value", "the value")]
    [InlineData("RFC1035-x", "k=`v", "k=`v")]
    public void Pairs_become_text(string key, string value, string expected) => Assert.Equal(expected, NodeText.ToText(key, value));

    [Theory]
    [InlineData(0, new[] { 0 })]
    [InlineData(255, new[] { 255 })]
    [InlineData(256, new[] { 255, 1 })]
    [InlineData(512, new[] { 255, 255, 2 })]
    public void Long_texts_become_several_strings(int length, int[] strings)
    {
        byte[] data = NodeText.ToData(new string('x', length));
        List<int> lengths = [];
        for (int at = 0; at < data.Length; at += 1 + data[at])
            lengths.Add(data[at]);
        Assert.Equal(strings, lengths);
    }

    [Fact]
    public void A_value_of_512_bytes_is_answered_and_joins_to_the_whole()
    {
        string value = new('v', 512);
        DnsMessage reply = new DnsWorld().Node("n1", "10.0.0.1", meta: [("k", value)]).Ask(new DnsQuery("n1.node.consul", "TXT") { EdnsSize = 4096 });
        Assert.Equal("k=" + value, string.Concat(Assert.Single(reply.AnswerData).Split(' ').Select(s => s.Trim('"'))));
    }
}
