using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Names;
using Praetor.Core.Codec;

namespace Praetor.Api.Dns.Forwarding;

/// <summary>The server's end of <see cref="DnsForwarder"/>: answers from the state, in the form that the asking agent is configured for. Thread-safe.</summary>
public sealed class ForwardedDns(string datacenter, DnsState state, ulong seed, TimeProvider time, ILogger logger)
{
    // Agents of one datacenter are configured alike; beyond this many forms somebody plays games, and all begin anew.
    private const int MaxForms = 64;

    private readonly ConcurrentDictionary<string, ResponderPool> _forms = new(StringComparer.Ordinal);

    /// <summary>Answers one query: see <see cref="DnsQueryCodec.DecodeAnswer"/>.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> AnswerAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        (ResponderPool form, LateAsker asker, byte[] packet, ResolvedHosts? hosts) = Read(request.Span);
        PooledReply reply = await form.AnswerAsync(packet, asker, hosts, offset: 0, cancellation).ConfigureAwait(false);
        byte[] answer = DnsQueryCodec.EncodeAnswer(reply.Length, reply.Array, reply.Wanted);
        if (reply.Array is { } pooled)
            ArrayPool<byte>.Shared.Return(pooled);
        return answer;
    }

    private (ResponderPool Form, LateAsker Asker, byte[] Packet, ResolvedHosts? Hosts) Read(ReadOnlySpan<byte> request)
    {
        var reader = new FieldReader(request);
        ResponderPool form = FormOf(reader.Bytes());
        var transport = (DnsTransport)reader.Byte();
        string agent = reader.Text();
        var asker = new LateAsker(transport, reader.Bytes().ToArray(), agent);
        byte[] packet = reader.Bytes().ToArray();
        return (form, asker, packet, DnsQueryCodec.DecodeHosts(ref reader));
    }

    private ResponderPool FormOf(ReadOnlySpan<byte> settings)
    {
        string key = Convert.ToBase64String(settings);
        if (_forms.TryGetValue(key, out ResponderPool? known))
            return known;
        (string domain, string altDomain, DnsOptions options) = DnsQueryCodec.DecodeSettings(settings);
        if (_forms.Count >= MaxForms)
            _forms.Clear();
        return _forms.GetOrAdd(key, new ResponderPool(new DnsBackend(new DnsZone(domain, altDomain, datacenter), agent: "", state, options, time, logger), seed));
    }
}
