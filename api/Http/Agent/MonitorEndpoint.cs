using System.Buffers;
using Microsoft.Extensions.Logging;
using Praetor.Api.Logging;

namespace Praetor.Api.Http.Agent;

/// <summary>agent/monitor: the agent's log until the client goes (http-agent 2.5). Thread-safe.</summary>
internal sealed class MonitorEndpoint(Func<LogLevel, bool, LogMonitor> open)
{
    public async ValueTask StreamAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
        {
            await refused.ConfigureAwait(false);
            return;
        }

        string wanted = request.Query.Get("loglevel");
        if (!LogLevels.TryParse(wanted.Length > 0 ? wanted : "INFO", out LogLevel level))
        {
            await request.RespondErrorAsync(400, $"Unknown log level: {wanted}").ConfigureAwait(false);
            return;
        }

        using LogMonitor monitor = open(level, request.Query.Has("logjson"));
        using var stream = new EventStream(request, ContentTypes.Text);
        await stream.StartAsync().ConfigureAwait(false);
        var lines = new ArrayBufferWriter<byte>();
        while (await monitor.Lines.WaitToReadAsync(request.Aborted).ConfigureAwait(false))
        {
            lines.ResetWrittenCount();
            while (monitor.Lines.TryRead(out byte[]? line))
                lines.Write(line);
            if (!await stream.WriteAsync(lines.WrittenMemory).ConfigureAwait(false))
                return;
        }
    }
}
