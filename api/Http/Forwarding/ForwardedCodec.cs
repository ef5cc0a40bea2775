using System.Buffers;
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

    public static void Write(IBufferWriter<byte> output, string method, string target, IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var writer = new FieldWriter(output);
        writer.Byte(Version);
        writer.Text(method);
        writer.Text(target);
        WriteHeaders(writer, headers);
        writer.Bytes(body);
    }

    public static (string Method, string Target, HeaderDictionary Headers, byte[] Body) ReadRequest(ReadOnlySpan<byte> request)
    {
        var reader = new FieldReader(request);
        CheckVersion(reader.Byte());
        return (reader.Text(), reader.Text(), ReadHeaders(ref reader), reader.Bytes().ToArray());
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
