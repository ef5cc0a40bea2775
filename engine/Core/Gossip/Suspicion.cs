namespace Praetor.Core.Gossip;

/// <summary>
/// How long a suspicion lasts before it becomes a death (Lifeguard, section IV-B; gossip-raft 2): long at first, shorter with every
/// independent accuser.
/// </summary>
internal sealed class Suspicion
{
    private readonly string[] _accusers;
    private readonly long _startUs;
    private readonly long _minUs;
    private readonly long _maxUs;
    private int _count;

    public Suspicion(string firstAccuser, int wanted, long minUs, long maxUs, long nowUs)
    {
        _accusers = new string[wanted + 1];
        _accusers[0] = firstAccuser;
        _count = 1;
        _startUs = nowUs;
        _minUs = minUs;
        _maxUs = maxUs;
        DeadlineUs = nowUs + (wanted == 0 ? minUs : maxUs);
    }

    /// <summary>When the member is declared dead.</summary>
    public long DeadlineUs { get; private set; }

    /// <summary>Accusers beyond the first.</summary>
    public int Confirmations => _count - 1;

    /// <summary>Another accuser; false if it adds nothing.</summary>
    public bool Confirm(string accuser)
    {
        if (_count == _accusers.Length || _accusers.AsSpan(0, _count).Contains(accuser))
            return false;
        _accusers[_count++] = accuser;
        double share = Math.Log(Confirmations + 1) / Math.Log(_accusers.Length);
        DeadlineUs = _startUs + Math.Max(_minUs, (long)(_maxUs - ((_maxUs - _minUs) * share)));
        return true;
    }
}
