using System.Buffers;
using System.Text;
using Praetor.Api.Http.Json;

namespace Praetor.Api.Cli;

/// <summary>Compact JSON with Go's escapes, as the command line re-encodes what it prints (cli 5).</summary>
internal static class CompactJson
{
    /// <summary>What a writer writes, as text.</summary>
    public static string Of(Action<GoJsonWriter> write) => Encoding.UTF8.GetString(BytesOf(write));

    /// <summary>The same as bytes.</summary>
    public static byte[] BytesOf(Action<GoJsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>(256);
        var json = new GoJsonWriter();
        json.Reset(output, pretty: false);
        write(json);
        json.Flush();
        return output.WrittenSpan.ToArray();
    }
}
