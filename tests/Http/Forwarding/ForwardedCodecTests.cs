using System.Buffers;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Praetor.Api.Dns;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Forwarding;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Wire;
using Praetor.Api.Http.Forwarding;
using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;
using Praetor.Tests.Dns;

namespace Praetor.Tests.Http.Forwarding;

/// <summary>What travels between an agent without state and a server is read back as it was, and nothing else is ever more than a clear error.</summary>
public sealed class ForwardedCodecTests
{
    [Fact]
    public void A_request_keeps_all_but_what_belongs_to_the_connection()
    {
        var headers = new HeaderDictionary { ["X-Consul-Token"] = "t", ["Accept-Encoding"] = "gzip", ["Connection"] = "close", ["Host"] = "h", ["Content-Length"] = "3" };
        headers.Append("X-Many", "1");
        headers.Append("X-Many", "2");

        ForwardedRequest read = ForwardedCodec.ReadRequest(Request("PUT", "/v1/kv/a%2Fb?flags=1", headers, "abc"u8));

        Assert.Equal(("c1", "10.0.0.9", "PUT", "/v1/kv/a%2Fb?flags=1", "abc"), (read.Agent, read.Client?.ToString(), read.Method, read.Target, Encoding.ASCII.GetString(read.Body)));
        Assert.Equal(["Accept-Encoding", "X-Consul-Token", "X-Many"], read.Headers.Keys.Order());
        Assert.Equal("1,2", read.Headers["X-Many"].ToString());
    }

    [Fact]
    public void An_answer_keeps_status_headers_and_body()
    {
        byte[] encoded = ForwardedCodec.EncodeAnswer(404, new HeaderDictionary { ["X-Consul-Index"] = "7", ["Transfer-Encoding"] = "chunked" }, "gone"u8);

        (int status, HeaderDictionary headers, int offset) = ForwardedCodec.ReadAnswer(encoded);

        Assert.Equal((404, "7", "gone"), (status, headers["X-Consul-Index"].ToString(), Encoding.ASCII.GetString(encoded.AsSpan(offset))));
        Assert.Single(headers);
    }

    [Fact]
    public void Bytes_that_are_no_message_are_refused_and_nothing_worse()
    {
        var random = new Random(11);
        byte[][] whole =
        [
            Request("GET", "/v1/kv/a", new HeaderDictionary { ["Accept"] = "x" }, []),
            ForwardedCodec.EncodeAnswer(200, new HeaderDictionary { ["X"] = "y" }, new byte[40]),
            NodeReadingCodec.EncodeRequest("n1", 7, TimeSpan.FromSeconds(3)),
            NodeReadingCodec.Encode(Reading()),
            DnsQueryCodec.EncodeSettings(new DnsServerOptions { Datacenter = "dc1", Addresses = [] }, new DnsOptions { ServiceTtl = new Dictionary<string, TimeSpan> { ["web"] = TimeSpan.FromSeconds(1) } }),
            DnsQueryCodec.EncodeQuery([], new Asker(DnsTransport.Udp, [], ""), [], Hosts()),
            DnsQueryCodec.EncodeAnswer(Responder.NeedsHosts, [], [s_host, s_alias]),
        ];
        int refused = 0;
        for (int i = 0; i < 200_000; i++)
        {
            int kind = i % whole.Length;
            byte[] bytes = Mutated(whole[kind], random);
            try
            {
                switch (kind)
                {
                    case 0: ForwardedCodec.ReadRequest(bytes); break;
                    case 1: ForwardedCodec.ReadAnswer(bytes); break;
                    case 2: NodeReadingCodec.DecodeRequest(bytes); break;
                    case 3: NodeReadingCodec.Decode(bytes); break;
                    case 4: DnsQueryCodec.DecodeSettings(bytes); break;
                    case 5: HostsOf(bytes); break;
                    default: DnsQueryCodec.DecodeAnswer(bytes, 2); break;
                }
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.True(refused > 50_000, $"only {refused} refused");
    }

    [Fact]
    public void A_reading_of_a_node_is_read_back()
    {
        NodeReading read = NodeReadingCodec.Decode(NodeReadingCodec.Encode(Reading()));

        Assert.Equal((9L, "n1", "web", "c1"), (read.Index, read.View!.Node.Name, Assert.Single(read.View.Services).Name, Assert.Single(read.View.Checks).CheckId));
        Assert.Equal(5, read.View.Checks[0].ModifyIndex);
        Assert.Null(NodeReadingCodec.Decode(NodeReadingCodec.Encode(new NodeReading(3, null))).View);
    }

    [Fact]
    public void The_settings_of_DNS_are_read_back()
    {
        var options = new DnsOptions { NodeTtl = TimeSpan.FromSeconds(5), OnlyPassing = true, UdpAnswerLimit = 7, ServiceTtl = new Dictionary<string, TimeSpan> { ["*"] = TimeSpan.FromSeconds(2), ["web"] = TimeSpan.FromSeconds(1) } };

        (string domain, string alternative, DnsOptions read) = DnsQueryCodec.DecodeSettings(DnsQueryCodec.EncodeSettings(new DnsServerOptions { Datacenter = "dc1", Domain = "example.", AltDomain = "alt.", Addresses = [] }, options));

        Assert.Equal(("example.", "alt."), (domain, alternative));
        Assert.Equal((options.NodeTtl, true, 7), (read.NodeTtl, read.OnlyPassing, read.UdpAnswerLimit));
        Assert.Equal(options.ServiceTtl, read.ServiceTtl);
    }

    [Fact]
    public void What_recursors_told_is_read_back()
    {
        ResolvedHosts read = HostsOf(DnsQueryCodec.EncodeQuery([], new Asker(DnsTransport.Udp, [], ""), [], Hosts()))!;

        Assert.Equal([(RecordType.Cname, 5u), (RecordType.A, 6u)], read.Of(s_host).Select(static record => (record.Type, record.TtlS)));
        Assert.Equal([s_alias, s_alias], [read.Of(s_host)[0].Data, read.Of(s_host)[1].Owner]);
        Assert.Empty(read.Of(s_alias));
        Assert.Null(HostsOf(DnsQueryCodec.EncodeQuery([], new Asker(DnsTransport.Udp, [], ""), [], null)));
    }

    [Fact]
    public void An_answer_is_a_reply_or_what_it_takes_to_get_one()
    {
        PooledReply reply = DnsQueryCodec.DecodeAnswer(DnsQueryCodec.EncodeAnswer(3, [1, 2, 3, 4], []), offset: 2);
        Assert.Equal([1, 2, 3], reply.Array![2..(2 + reply.Length)]);
        Assert.Equal(new PooledReply(null, 0, []), DnsQueryCodec.DecodeAnswer(DnsQueryCodec.EncodeAnswer(0, [], []), 2));
        Assert.Equal(Responder.Recurse, DnsQueryCodec.DecodeAnswer(DnsQueryCodec.EncodeAnswer(Responder.Recurse, [], []), 2).Length);
        PooledReply wanted = DnsQueryCodec.DecodeAnswer(DnsQueryCodec.EncodeAnswer(Responder.NeedsHosts, [], [s_host, s_alias]), 2);
        Assert.Equal(Responder.NeedsHosts, wanted.Length);
        Assert.Equal([s_host, s_alias], wanted.Wanted);
    }

    private static readonly byte[] s_host = DnsQuery.WireName("a.example.com"), s_alias = DnsQuery.WireName("b.example.com");

    private static ResolvedHosts Hosts()
    {
        var hosts = new ResolvedHosts();
        hosts.Add(s_host, [new HostRecord(s_host, RecordType.Cname, s_alias, 5), new HostRecord(s_alias, RecordType.A, [1, 2, 3, 4], 6)]);
        hosts.Add(s_alias, []);
        return hosts;
    }

    private static ResolvedHosts? HostsOf(byte[] query)
    {
        var reader = new FieldReader(query);
        reader.Bytes();
        reader.Byte();
        reader.Text();
        reader.Bytes();
        reader.Bytes();
        return DnsQueryCodec.DecodeHosts(ref reader);
    }

    private static NodeReading Reading() => new(9, new NodeView(
        new NodeRecord { Name = "n1", Address = "10.0.0.1" },
        [new ServiceRecord { Node = "n1", Id = "web-1", Name = "web" }],
        [new CheckRecord { Node = "n1", CheckId = "c1", Name = "check", Status = "passing", ModifyIndex = 5 }]));

    private static byte[] Request(string method, string target, HeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var output = new ArrayBufferWriter<byte>();
        ForwardedCodec.Write(output, "c1", IPAddress.Parse("10.0.0.9"), method, target, headers, body);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Mutated(byte[] whole, Random random)
    {
        byte[] bytes = whole.AsSpan(0, random.Next(3) == 0 ? random.Next(whole.Length + 1) : whole.Length).ToArray();
        for (int changes = random.Next(1, 5); changes > 0 && bytes.Length > 0; changes--)
            bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)255 : (byte)random.Next(256);
        return bytes;
    }
}
