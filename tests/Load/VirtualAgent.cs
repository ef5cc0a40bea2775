using Praetor.Load;
using Praetor.Load.Scenarios;
using Praetor.Load.Wire;
using Praetor.Tests.Support;

namespace Praetor.Tests.Load;

/// <summary>An agent on a manual clock: waiting for it is what moves the clock. A test says when each request is answered.</summary>
/// <param name="time">The clock that runner and agent share.</param>
/// <param name="answer">From the number of a request and the time it came in (since the start) to the time of its answer; null for never.</param>
public sealed class VirtualAgent(ManualTime time, Func<int, TimeSpan, TimeSpan?> answer) : IReadiness
{
    private readonly long _start = time.GetTimestamp();
    private readonly Dictionary<int, VirtualChannel> _watched = [];
    private int _requests;

    public Scenario Scenario => new OneStep(this);

    public TimeProvider Time => time;

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    public void Watch(Channel channel, int tag) => _watched[tag] = (VirtualChannel)channel;

    public int Wait(Span<int> tags, TimeSpan timeout)
    {
        var next = _watched.Values.Min(static channel => channel.AnswerAt) ?? TimeSpan.MaxValue;
        time.Advance(next - Elapsed < timeout ? Max(next - Elapsed, TimeSpan.Zero) : timeout);
        var count = 0;
        foreach (var (tag, channel) in _watched)
        {
            if (channel.AnswerAt <= Elapsed)
                tags[count++] = tag;
        }

        return count;
    }

    public void Dispose()
    {
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private sealed class VirtualChannel(VirtualAgent agent) : Channel
    {
        public TimeSpan? AnswerAt { get; private set; }

        public override long AnswerBytes => 1;

        public override void Open() => AnswerAt = null;

        public override bool Send(int slot, Span<byte> request)
        {
            AnswerAt = agent.NextAnswer();
            return true;
        }

        public override Received Receive(out int slot)
        {
            slot = 0;
            if (AnswerAt is not { } at || at > agent.Elapsed)
                return Received.Pending;
            AnswerAt = null;
            return Received.Ok;
        }

        public override void Dispose()
        {
        }
    }

    private TimeSpan? NextAnswer() => answer(_requests++, Elapsed);

    private sealed class OneStep(VirtualAgent agent) : Scenario
    {
        public override string Name => "virtual";

        public override string Description => "requests without content";

        public override Channel CreateChannel(LoadTarget target) => new VirtualChannel(agent);

        public override int WriteRequest(RequestWriter writer, long number) => 0;
    }
}
