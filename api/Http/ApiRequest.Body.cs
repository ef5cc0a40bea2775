using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Praetor.Api.Http;

public sealed partial class ApiRequest
{
    /// <summary>The request body. Nothing is read ahead beyond Kestrel's buffer.</summary>
    public PipeReader BodyReader => _features.Get<IRequestBodyPipeFeature>()!.Reader;

    /// <summary>
    /// Reads the whole body; null if it is longer than <paramref name="limitBytes"/> (the rest is not read then). An empty array
    /// without body.
    /// </summary>
    public async ValueTask<byte[]?> ReadBodyAsync(int limitBytes)
    {
        if (ContentLength > limitBytes)
            return null;
        PipeReader reader = BodyReader;
        while (true)
        {
            ReadResult read = await reader.ReadAsync().ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (buffer.Length > limitBytes)
            {
                reader.AdvanceTo(buffer.End);
                return null;
            }
            if (read.IsCompleted)
            {
                byte[] body = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return body;
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Reads the whole body into a writer; false if it is longer than <paramref name="limitBytes"/>.</summary>
    public async ValueTask<bool> ReadBodyAsync(IBufferWriter<byte> target, long limitBytes)
    {
        PipeReader reader = BodyReader;
        long total = 0;
        while (true)
        {
            ReadResult read = await reader.ReadAsync().ConfigureAwait(false);
            total += read.Buffer.Length;
            bool fits = total <= limitBytes;
            if (fits)
            {
                foreach (ReadOnlyMemory<byte> segment in read.Buffer)
                    target.Write(segment.Span);
            }
            reader.AdvanceTo(read.Buffer.End);
            if (!fits || read.IsCompleted)
                return fits;
        }
    }
}
