using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Sockets;
using Praetor.Api.Dns.Wire;
using Praetor.Core.Codec;
using Praetor.Core.State;

namespace Praetor.Api.Dns.Forwarding;

/// <summary>The server's end of <see cref="DnsForwarder"/>: answers from the state, in the form that the asking agent is configured for. Thread-safe.</summary>
public sealed class ForwardedDns(string datacenter, Func<StateRoot> root, Func<bool> knownLeader, ulong seed, TimeProvider time, ILogger logger)
{
    // Agents of one datacenter are configured alike; beyond this many forms somebody plays games, and all begin anew.
    private const int MaxForms = 64;

    private readonly ConcurrentDictionary<string, ResponderPool> _forms = new(StringComparer.Ordinal);

    /// <summary>Answers one query; an empty answer says nothing.</summary>
    public ValueTask<ReadOnlyMemory<byte>> AnswerAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var reader = new FieldReader(request.Span);
        ReadOnlySpan<byte> settings = reader.Bytes();
        var transport = (DnsTransport)reader.Byte();
        string agent = reader.Text();
        var asker = new Asker(transport, reader.Bytes(), agent);
        byte[]? answer = FormOf(settings).Answer(reader.Bytes(), asker, offset: 0, out int length);
        if (answer is null)
            return ValueTask.FromResult(ReadOnlyMemory<byte>.Empty);
        byte[] exact = answer.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(answer);
        return ValueTask.FromResult<ReadOnlyMemory<byte>>(exact);
    }

    private ResponderPool FormOf(ReadOnlySpan<byte> settings)
    {
        string key = Convert.ToBase64String(settings);
        if (_forms.TryGetValue(key, out ResponderPool? known))
            return known;
        (string domain, string altDomain, DnsOptions options) = DnsQueryCodec.DecodeSettings(settings);
        if (_forms.Count >= MaxForms)
            _forms.Clear();
        return _forms.GetOrAdd(key, new ResponderPool(new DnsBackend(new DnsZone(domain, altDomain, datacenter), agent: "", root, knownLeader, options, time, logger), seed));
    }
}
