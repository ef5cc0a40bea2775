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
    private bool _isChecked;

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

    /// <summary>Nobody or too few others say the same.</summary>
    public bool IsUnconfirmed => Confirmations < _accusers.Length - 1;

    /// <summary>That, and the member itself has not been asked a last time.</summary>
    public bool IsDoubtful => IsUnconfirmed && !_isChecked;

    /// <summary>The member is being asked a last time.</summary>
    public void BeginLastCheck(long untilUs)
    {
        _isChecked = true;
        DeadlineUs = untilUs;
    }

    /// <summary>Another accuser; false if it adds nothing.</summary>
    public bool Confirm(string accuser)
    {
        if (_isChecked || _count == _accusers.Length || _accusers.AsSpan(0, _count).Contains(accuser))
            return false;
        _accusers[_count++] = accuser;
        double share = Math.Log(Confirmations + 1) / Math.Log(_accusers.Length);
        DeadlineUs = _startUs + Math.Max(_minUs, (long)(_maxUs - ((_maxUs - _minUs) * share)));
        return true;
    }
}
