using Praetor.Api.Dns.Answers;

namespace Praetor.Api.Dns.Lookups;

/// <summary>Instances chosen for one answer, in random order, with marks against duplicates. Scratch memory, reused.</summary>
public sealed class Selection
{
    private int[] _chosen = new int[64];
    private int[] _marks = new int[64];
    private int _mark;

    /// <summary>Positions in <see cref="ServiceAnswers.Instances"/>.</summary>
    public ReadOnlySpan<int> Chosen => _chosen.AsSpan(0, Count);

    /// <summary>Instances chosen.</summary>
    public int Count { get; private set; }

    /// <summary>Chooses the healthy instances that carry the tag, and shuffles them.</summary>
    /// <param name="source">Instances to choose from.</param>
    /// <param name="lowerTag">Tag in lower case; empty = any.</param>
    /// <param name="onlyPassing">Every check must pass, not just none be critical.</param>
    /// <param name="shuffler">Order.</param>
    public void Choose(ServiceAnswers source, ReadOnlySpan<char> lowerTag, bool onlyPassing, Shuffler shuffler)
    {
        InstanceAnswers[] instances = source.Instances;
        Begin(source);
        for (int i = 0; i < instances.Length; i++)
        {
            InstanceAnswers instance = instances[i];
            bool isHealthy = onlyPassing ? instance.Instance.AllPassing : instance.Instance.NotCritical;
            if (isHealthy && (lowerTag.IsEmpty || instance.HasTag(lowerTag)))
                _chosen[Count++] = i;
        }
        shuffler.Shuffle(_chosen.AsSpan(0, Count));
    }

    /// <summary>Chooses all instances, in their order.</summary>
    public void ChooseAll(ServiceAnswers source)
    {
        Begin(source);
        for (int i = 0; i < source.Instances.Length; i++)
            _chosen[Count++] = i;
    }

    private void Begin(ServiceAnswers source)
    {
        if (_chosen.Length < source.Instances.Length)
            _chosen = new int[source.Instances.Length];
        if (_marks.Length < source.IdCount)
            (_marks, _mark) = (new int[source.IdCount], 0);
        if (_mark == int.MaxValue)
        {
            Array.Clear(_marks);
            _mark = 0;
        }

        _mark++;
        Count = 0;
    }

    /// <summary>True the first time it is asked about a number since <see cref="Choose"/>.</summary>
    public bool IsFirst(int id)
    {
        if (_marks[id] == _mark)
            return false;
        _marks[id] = _mark;
        return true;
    }
}
