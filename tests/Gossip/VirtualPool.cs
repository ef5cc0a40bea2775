using System.Net;
using Praetor.Core.Gossip;

namespace Praetor.Tests.Gossip;

/// <summary>
/// A pool of any number of members on virtual time, from a seed: datagrams and exchanges with delay and loss, members that stop, pause or are cut off.
/// Nothing in it knows more of a member than its shell would.
/// </summary>
internal sealed class VirtualPool
{
    private readonly PriorityQueue<Happening, (long AtUs, long Order)> _queue = new();
    private readonly Random _random;
    private readonly Dictionary<IPEndPoint, VirtualMember> _byEndPoint = [];
    private long _order;

    public VirtualPool(int seed, GossipProfile? profile = null)
    {
        _random = new Random(seed);
        Profile = profile ?? GossipProfile.Lan;
    }

    public GossipProfile Profile { get; }

    public long NowUs { get; private set; } = 1_000_000;

    public List<VirtualMember> Members { get; } = [];

    /// <summary>Told of everything that members would log.</summary>
    public Action<VirtualMember, GossipNote>? OnNote { get; set; }

    /// <summary>Share of datagrams that are lost.</summary>
    public double Loss { get; set; }

    /// <summary>Whether a datagram or an exchange may pass.</summary>
    public Func<VirtualMember, VirtualMember, bool> Passes { get; set; } = static (_, _) => true;

    /// <summary>Whether datagrams pass; exchanges are not asked.</summary>
    public Func<VirtualMember, VirtualMember, bool> DatagramsPass { get; set; } = static (_, _) => true;

    /// <summary>Sees every packet that is sent.</summary>
    public Action<byte[]>? OnPacket { get; set; }

    /// <summary>One-way delay, microseconds.</summary>
    public Func<Random, VirtualMember, VirtualMember, long> DelayUs { get; set; } = static (random, _, _) => random.Next(200, 2000);

    /// <summary>Adds a member that is alone.</summary>
    public VirtualMember Add(string name, Action<SortedList<string, string>>? tags = null, string? address = null, PoolKind kind = PoolKind.Lan, long incarnation = 1)
    {
        int number = Members.Count + 1;
        var own = new SortedList<string, string>(StringComparer.Ordinal) { ["dc"] = "dc1", ["id"] = $"id-{name}", ["role"] = "node" };
        tags?.Invoke(own);
        var identity = new GossipIdentity
        {
            Pool = kind,
            Name = name,
            EndPoint = new IPEndPoint(IPAddress.Parse(address ?? $"10.{number >> 16}.{(number >> 8) & 255}.{number & 255}"), 8301),
            Tags = own,
            FirstIncarnation = incarnation,
        };
        var member = new VirtualMember(this, identity, new GossipPool(identity, Profile, new Random(_random.Next())));
        Members.Add(member);
        _byEndPoint[identity.EndPoint] = member;
        member.Do(static (pool, now, effects) => pool.Start(now, effects));
        return member;
    }

    /// <summary>A pool of that many members that know each other.</summary>
    public static VirtualPool Of(int count, int seed, GossipProfile? profile = null)
    {
        var pool = new VirtualPool(seed, profile);
        for (int i = 0; i < count; i++)
        {
            VirtualMember member = pool.Add($"n{i + 1}");
            if (i > 0)
                member.Join(pool.Members[pool._random.Next(i)]);
            pool.Run(TimeSpan.FromMilliseconds(20));
        }

        Assert.True(pool.RunUntil(() => pool.Members.All(member => member.Pool.UpCount == count), TimeSpan.FromMinutes(10)), "the pool does not come together");
        return pool;
    }

    /// <summary>Lets that much time pass.</summary>
    public void Run(TimeSpan time) => RunUntil(static () => false, time);

    /// <summary>Lets time pass until something holds; false if it does not within the time.</summary>
    public bool RunUntil(Func<bool> holds, TimeSpan within)
    {
        long endUs = NowUs + (long)within.TotalMicroseconds;
        if (holds())
            return true;
        while (_queue.TryPeek(out _, out (long AtUs, long Order) next) && next.AtUs <= endUs)
        {
            Happening happening = _queue.Dequeue();
            NowUs = Math.Max(NowUs, next.AtUs);
            Carry(happening);
            if (happening.IsNews && holds())
                return true;
        }

        NowUs = endUs;
        return holds();
    }

    internal void Schedule(Happening happening, long atUs) => _queue.Enqueue(happening, (atUs, _order++));

    internal void Perform(VirtualMember from, GossipEffects effects)
    {
        foreach (OutgoingPacket packet in effects.Packets)
        {
            OnPacket?.Invoke(effects.Bytes(packet).ToArray());
            if (!_byEndPoint.TryGetValue(packet.To, out VirtualMember? to) || (Loss > 0 && _random.NextDouble() < Loss) || !Passes(from, to) || !DatagramsPass(from, to))
                continue;
            Schedule(new Happening { To = to, From = from, Packet = effects.Bytes(packet).ToArray() }, NowUs + DelayUs(_random, from, to));
        }

        foreach (WantedExchange exchange in effects.Exchanges)
            Exchange(from, exchange);
    }

    private void Exchange(VirtualMember from, WantedExchange exchange)
    {
        long timeoutUs = exchange.TimeoutMs * 1000L;
        if (!_byEndPoint.TryGetValue(exchange.To, out VirtualMember? to) || !to.IsUp || !Passes(from, to) || !Passes(to, from))
        {
            bool isRefused = to is { IsUp: false };
            Schedule(new Happening { To = from, Token = exchange.Token, Error = "no connection" }, NowUs + (isRefused ? 1000 : timeoutUs));
            return;
        }

        Schedule(new Happening { To = to, From = from, Token = exchange.Token, Request = exchange.Request }, NowUs + (2 * DelayUs(_random, from, to)));
    }

    private void Carry(Happening happening)
    {
        VirtualMember to = happening.To;
        if (!to.IsUp)
            return;
        if (to.PausedUntilUs > NowUs)
        {
            Schedule(happening, to.PausedUntilUs);
            return;
        }

        if (happening.Packet is { } packet)
            to.Do((pool, now, effects) => pool.ReceivePacket(now, happening.From!.EndPoint, packet, effects));
        else if (happening.Request is { } request)
            Answer(happening, request);
        else if (happening.Answer is { } answer)
            to.Do((pool, now, effects) => pool.ExchangeAnswered(now, happening.Token, answer, effects));
        else if (happening.Error is { } error)
            to.Do((pool, _, effects) => pool.ExchangeFailed(happening.Token, error, effects));
        else if (to.TickAtUs == happening.TickAtUs)
            to.OnTick();
    }

    private void Answer(Happening happening, byte[] request)
    {
        (byte[]? Answer, string? Refusal) result = default;
        happening.To.Do((pool, now, effects) => result = pool.ReceiveExchange(now, happening.From!.EndPoint, request, effects));
        Schedule(new Happening { To = happening.From!, Token = happening.Token, Answer = result.Answer, Error = result.Refusal },
            NowUs + DelayUs(_random, happening.To, happening.From!));
    }
}

/// <summary>Something that is to happen to a member.</summary>
internal sealed class Happening
{
    public required VirtualMember To { get; init; }

    public VirtualMember? From { get; init; }

    public byte[]? Packet { get; init; }

    public byte[]? Request { get; init; }

    public byte[]? Answer { get; init; }

    public string? Error { get; init; }

    public long Token { get; init; }

    public long TickAtUs { get; init; }

    public bool IsNews => TickAtUs == 0 || Packet is null;
}

/// <summary>A member of a virtual pool, with what its shell heard.</summary>
internal sealed class VirtualMember(VirtualPool network, GossipIdentity identity, GossipPool pool)
{
    private readonly GossipEffects _effects = new();

    public GossipPool Pool { get; } = pool;

    public GossipIdentity Identity { get; } = identity;

    public string Name => Pool.Name;

    public IPEndPoint EndPoint => Identity.EndPoint;

    public bool IsUp { get; private set; } = true;

    public long PausedUntilUs { get; set; }

    public long TickAtUs { get; private set; } = long.MaxValue;

    public List<MemberChange> Changes { get; } = [];

    public List<PoolEvent> Events { get; } = [];

    public List<GossipNote> Notes { get; } = [];

    public List<JoinEnd> Joins { get; } = [];

    public long Packets { get; private set; }

    public void Do(Action<GossipPool, long, GossipEffects> happening)
    {
        _effects.Clear();
        happening(Pool, network.NowUs, _effects);
        network.Perform(this, _effects);
        Packets += _effects.Packets.Count;
        Changes.AddRange(_effects.Changes);
        Events.AddRange(_effects.Events);
        Notes.AddRange(_effects.Notes);
        foreach (GossipNote note in _effects.Notes)
            network.OnNote?.Invoke(this, note);
        Joins.AddRange(_effects.Joins);
        if (Pool.NextTickUs < TickAtUs)
            Arm();
    }

    public void OnTick()
    {
        TickAtUs = long.MaxValue;
        Do(static (pool, now, effects) => pool.Tick(now, effects));
    }

    public void Join(VirtualMember seed) => Do((pool, _, effects) => pool.Join(seed.EndPoint, effects));

    /// <summary>Ends without a word.</summary>
    public void Kill() => IsUp = false;

    /// <summary>Leaves as the shell does it: intent, a while, farewell, a while.</summary>
    public void Leave()
    {
        Do(static (pool, now, effects) => pool.Leave(now, effects));
        network.Run(TimeSpan.FromSeconds(1));
        Do(static (pool, now, effects) => pool.FinishLeave(now, effects));
        network.Run(TimeSpan.FromSeconds(2));
        Kill();
    }

    public void Fire(string name, string payload = "") =>
        Do((pool, _, effects) => Assert.Null(pool.FireEvent(name, System.Text.Encoding.UTF8.GetBytes(payload), effects)));

    public MemberStatus StatusOf(string name) => Pool.Members.FirstOrDefault(member => member.Name == name)?.Status ?? MemberStatus.None;

    private void Arm()
    {
        TickAtUs = Math.Max(Pool.NextTickUs, network.NowUs);
        network.Schedule(new Happening { To = this, TickAtUs = TickAtUs }, TickAtUs);
    }
}
