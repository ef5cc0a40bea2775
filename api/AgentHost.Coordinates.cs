using System.Text;
using Microsoft.AspNetCore.Http;
using Praetor.Api.Http.Coordinates;
using Praetor.Api.Http.Forwarding;
using Praetor.Core.Gossip.Coordinates;
using Praetor.Core.Ports;
using Praetor.Core.State.Coordinates;

namespace Praetor.Api;

/// <summary>This agent tells the datacenter where it lies (gossip-raft 3).</summary>
public sealed partial class AgentHost
{
    private const double UpdatesPerSecond = 64;

    private static readonly TimeSpan s_leastUpdatePeriod = TimeSpan.FromSeconds(15);

    private void StartCoordinates()
    {
        if (!_config.DisableCoordinates)
            RunAside("own coordinate", TellCoordinateAsync);
    }

    private async Task TellCoordinateAsync(CancellationToken cancellation)
    {
        var random = new Random(Environment.TickCount ^ 1);
        while (true)
        {
            // The whole datacenter together sends at most 64 a second, and agents that started together do not stay in step.
            double seconds = Math.Max(s_leastUpdatePeriod.TotalSeconds, LanMembers().Count / UpdatesPerSecond) * (1 + random.NextDouble());
            await Task.Delay(TimeSpan.FromSeconds(seconds), _time, cancellation).ConfigureAwait(false);
            Coordinate now = _lan!.Loop.Coordinate;
            if (_coordinates is not null)
                _coordinates.Add(new NodeCoordinate(_config.NodeName, now));
            else
                await SendCoordinateAsync(now, cancellation).ConfigureAwait(false);
        }
    }

    private async Task SendCoordinateAsync(Coordinate now, CancellationToken cancellation)
    {
        var request = new System.Buffers.ArrayBufferWriter<byte>(1024);
        ForwardedCodec.Write(request, _config.NodeName, null, "PUT", "/v1/coordinate/update", new HeaderDictionary(), CoordinateRoom.UpdateBody(new NodeCoordinate(_config.NodeName, now)));
        try
        {
            ReadOnlyMemory<byte> answer = await _link!.AskAsync(ServerMethod.Http, request.WrittenMemory, isRead: true, CallTimeout, cancellation).ConfigureAwait(false);
            (int status, _, int body) = ForwardedCodec.ReadAnswer(answer.Span);
            if (status != StatusCodes.Status200OK)
                HostLog.CoordinateNotTaken(_log, Encoding.UTF8.GetString(answer.Span[body..]));
        }
        catch (Exception failed) when (failed is IOException or Runtime.OverloadedException)
        {
            // It is told again in a while.
            HostLog.CoordinateNotTaken(_log, failed.Message);
        }
    }
}
