using System.Net.Sockets;

namespace Praetor.Load.Wire;

/// <summary>One HTTP connection that asks and waits: for preparing data and for the writes that wake watchers.</summary>
public sealed class SingleConnection : IDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private readonly HttpChannel _channel;
    private readonly RequestWriter _writer = new();

    /// <summary>Connects.</summary>
    public SingleConnection(LoadTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _channel = new HttpChannel(target.Http, new byte[64 * 1024]);
        _channel.Open();
    }

    /// <summary>Sends a request and waits for its answer; returns the X-Consul-Index.</summary>
    /// <exception cref="IOException">The answer is not 200.</exception>
    public long Ask(Action<RequestWriter> request)
    {
        ArgumentNullException.ThrowIfNull(request);
        _writer.Clear();
        request(_writer);
        if (!_channel.Send(0, _writer.Written))
            throw new IOException("the agent closed the connection");
        while (true)
        {
            if (!_channel.Socket!.Poll(AnswerTimeout, SelectMode.SelectRead))
                throw new IOException("no answer");
            switch (_channel.Receive(out _))
            {
                case Received.Ok:
                    return _channel.Index;
                case Received.Fail:
                    throw new IOException($"the agent answered {_channel.Status}");
                case Received.Closed:
                    throw new IOException("the agent closed the connection");
                default:
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();
}
