using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Praetor.Core.Codec;

namespace Praetor.Api.Http.Forwarding;

/// <summary>Requests and answers of the HTTP API as they travel between an agent without state and a server. Pure.</summary>
internal static class ForwardedCodec
{
    private const byte Version = 1;

    /// <summary>Headers that belong to one connection (RFC 9110 7.6.1) or are made anew.</summary>
    private static readonly HashSet<string> s_ofConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Host", "Content-Length", "Date", "Expect",
    };

    /// <summary>Writes a request.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="agent">The agent that was asked.</param>
    /// <param name="client">Who asked it; null if that has no address.</param>
    /// <param name="method">Method.</param>
    /// <param name="target">Path and query as sent.</param>
    /// <param name="headers">Headers.</param>
    /// <param name="body">Body.</param>
    public static void Write(IBufferWriter<byte> output, string agent, IPAddress? client, string method, string target, IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var writer = new FieldWriter(output);
        writer.Byte(Version);
        writer.Text(agent);
        writer.Bytes(client?.GetAddressBytes() ?? []);
        writer.Text(method);
        writer.Text(target);
        WriteHeaders(writer, headers);
        writer.Bytes(body);
    }

    public static ForwardedRequest ReadRequest(ReadOnlySpan<byte> request)
    {
        var reader = new FieldReader(request);
        CheckVersion(reader.Byte());
        string agent = reader.Text();
        ReadOnlySpan<byte> client = reader.Bytes();
        if (client.Length is not (0 or 4 or 16))
            throw new InvalidDataException("a client's address that is none");
        return new ForwardedRequest(agent, client.IsEmpty ? null : new IPAddress(client), reader.Text(), reader.Text(), ReadHeaders(ref reader), reader.Bytes().ToArray());
    }

    public static byte[] EncodeAnswer(int status, IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var output = new ArrayBufferWriter<byte>(512 + body.Length);
        var writer = new FieldWriter(output);
        writer.Byte(Version);
        writer.UInt((ulong)status);
        WriteHeaders(writer, headers);
        writer.Bytes(body);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads an answer's head; the body is what is left of <paramref name="answer"/> from the returned offset on.</summary>
    public static (int Status, HeaderDictionary Headers, int BodyOffset) ReadAnswer(ReadOnlySpan<byte> answer)
    {
        var reader = new FieldReader(answer);
        CheckVersion(reader.Byte());
        int status = (int)Math.Min(reader.UInt(), 999);
        HeaderDictionary headers = ReadHeaders(ref reader);
        int length = reader.Bytes().Length;
        return (status, headers, answer.Length - length);
    }

    private static void WriteHeaders(FieldWriter writer, IHeaderDictionary headers)
    {
        writer.UInt((ulong)headers.Sum(header => s_ofConnection.Contains(header.Key) ? 0 : header.Value.Count) + 1);
        foreach ((string name, StringValues values) in headers)
        {
            if (s_ofConnection.Contains(name))
                continue;
            foreach (string? value in values)
            {
                writer.Text(name);
                writer.Text(value ?? "");
            }
        }
    }

    private static HeaderDictionary ReadHeaders(ref FieldReader reader)
    {
        int count = Math.Max(0, reader.OptionalCount(2));
        var headers = new HeaderDictionary(count);
        for (int i = 0; i < count; i++)
        {
            string name = reader.Text();
            if (name.Length == 0)
                throw new InvalidDataException("a header without a name");
            headers.Append(name, reader.Text());
        }

        return headers;
    }

    private static void CheckVersion(byte version)
    {
        if (version != Version)
            throw new InvalidDataException($"a forwarded request of version {version}, this agent understands {Version}");
    }
}

/// <summary>A request that another agent passed on.</summary>
/// <param name="Agent">The agent that was asked.</param>
/// <param name="Client">Who asked it; null if that has no address.</param>
/// <param name="Method">Method.</param>
/// <param name="Target">Path and query as sent.</param>
/// <param name="Headers">Headers.</param>
/// <param name="Body">Body.</param>
internal sealed record ForwardedRequest(string Agent, IPAddress? Client, string Method, string Target, HeaderDictionary Headers, byte[] Body);
