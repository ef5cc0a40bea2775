namespace Praetor.Load.Wire;

/// <summary>Tells which of many channels have something to read. The runner's only way to let time pass.</summary>
public interface IReadiness : IDisposable
{
    /// <summary>Watches an open channel; <paramref name="tag"/> is what <see cref="Wait"/> returns. A channel that is opened anew must be watched anew.</summary>
    void Watch(Channel channel, int tag);

    /// <summary>Waits until channels can be read and fills in their tags; returns how many, 0 at the timeout.</summary>
    int Wait(Span<int> tags, TimeSpan timeout);
}
