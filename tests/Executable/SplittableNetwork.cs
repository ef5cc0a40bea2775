using System.Net;
using System.Net.Sockets;

namespace Praetor.Tests.Executable;

/// <summary>
/// What lies between agents that bind to 127.x.y.1, .2, ... and advertise 127.u.v.1, .2, ...: passes on what they send to each other's advertised addresses, and can be cut.
/// Across a cut packets are lost and connections stand still, as when a cable is pulled; when it heals, connections go on.
/// </summary>
internal sealed class SplittableNetwork : IAsyncDisposable
{
    private const int RpcPort = 8300;
    private const int GossipPort = 8301;

    private readonly string _bound;
    private readonly int _agents;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<IDisposable> _listening = [];
    private readonly List<Task> _running = [];
    private readonly Socket[] _packets;
    private volatile Cut _cut = Cut.None();

    public SplittableNetwork(string bound, string advertised, int agents)
    {
        (_bound, Prefix, _agents) = (bound, advertised, agents);
        _packets = new Socket[agents];
        for (int agent = 0; agent < agents; agent++)
        {
            _packets[agent] = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            _packets[agent].Bind(new IPEndPoint(Advertised(agent), GossipPort));
            _listening.Add(_packets[agent]);
            Listen(agent, RpcPort);
            Listen(agent, GossipPort);
        }

        for (int agent = 0; agent < agents; agent++)
            _running.Add(PassPacketsAsync(agent));
    }

    /// <summary>127.u.v</summary>
    public string Prefix { get; }

    /// <summary>From now on these agents and the others hear nothing of each other.</summary>
    public void CutOff(params int[] side) => Change(new Cut(side));

    public void Heal() => Change(Cut.None());

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Heal();
        foreach (IDisposable socket in _listening)
            socket.Dispose();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private void Change(Cut next)
    {
        Cut before = _cut;
        _cut = next;
        before.Over.TrySetResult();
    }

    private IPAddress Advertised(int agent) => IPAddress.Parse($"{Prefix}.{agent + 1}");

    private IPAddress Bound(int agent) => IPAddress.Parse($"{_bound}.{agent + 1}");

    /// <summary>The agent that sends from an address; anybody else is a client of the test.</summary>
    private int AgentAt(IPAddress source) => Enumerable.Range(0, _agents).FirstOrDefault(agent => Bound(agent).Equals(source), -1);

    private async Task PassPacketsAsync(int to)
    {
        byte[] buffer = new byte[64 * 1024];
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await _packets[to].ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stopping.Token);
                int from = AgentAt(((IPEndPoint)received.RemoteEndPoint).Address);
                if (from >= 0 && !_cut.Parts(from, to))
                    await _packets[from].SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), SocketFlags.None, new IPEndPoint(Bound(to), GossipPort), _stopping.Token);
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The agent is not there: a packet is lost.
            }
        }
    }

    private void Listen(int to, int port)
    {
        var listener = new TcpListener(Advertised(to), port);
        listener.Start();
        _listening.Add(listener);
        _running.Add(AcceptAsync(listener, to, port));
    }

    private async Task AcceptAsync(TcpListener listener, int to, int port)
    {
        try
        {
            while (true)
                _ = PassConnectionAsync(await listener.AcceptSocketAsync(_stopping.Token), to, port);
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassConnectionAsync(Socket near, int to, int port)
    {
        using Socket far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (near)
        {
            try
            {
                near.NoDelay = far.NoDelay = true;
                int from = AgentAt(((IPEndPoint)near.RemoteEndPoint!).Address);
                await UntilJoinedAsync(from, to);
                await far.ConnectAsync(new IPEndPoint(Bound(to), port), _stopping.Token);
                await Task.WhenAny(PumpAsync(near, far, from, to), PumpAsync(far, near, from, to));
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // One of them is gone: so is the connection.
            }
        }
    }

    private async Task PumpAsync(Socket source, Socket target, int from, int to)
    {
        byte[] buffer = new byte[64 * 1024];
        while (await source.ReceiveAsync(buffer, SocketFlags.None, _stopping.Token) is var read and > 0)
        {
            await UntilJoinedAsync(from, to);
            for (int sent = 0; sent < read;)
                sent += await target.SendAsync(buffer.AsMemory(sent, read - sent), SocketFlags.None, _stopping.Token);
        }
    }

    private async Task UntilJoinedAsync(int one, int other)
    {
        while (_cut is var cut && cut.Parts(one, other))
            await cut.Over.Task.WaitAsync(_stopping.Token);
    }

    private sealed class Cut(int[] side)
    {
        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public static Cut None() => new([]);

        public bool Parts(int one, int other) => side.Contains(one) != side.Contains(other);
    }
}
