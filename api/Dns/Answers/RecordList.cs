namespace Praetor.Api.Dns.Answers;

/// <summary>A section under construction, reused from reply to reply. Not thread-safe.</summary>
public sealed class RecordList
{
    /// <summary>A list that once held more than this gives its memory back after the reply.</summary>
    private const int KeptCapacity = 4096;

    private AnswerRecord[] _records = new AnswerRecord[64];

    /// <summary>Records in the list.</summary>
    public int Count { get; private set; }

    /// <summary>One record.</summary>
    public ref AnswerRecord this[int index] => ref _records[index];

    /// <summary>The records in order.</summary>
    public ReadOnlySpan<AnswerRecord> Records => _records.AsSpan(0, Count);

    /// <summary>Appends a record.</summary>
    public void Add(in AnswerRecord record)
    {
        if (Count == _records.Length)
            Array.Resize(ref _records, Count * 2);
        _records[Count++] = record;
    }

    /// <summary>Drops records from the end until <paramref name="count"/> are left.</summary>
    public void CutTo(int count) => Count = Math.Min(Count, count);

    /// <summary>Empties the list.</summary>
    public void Clear()
    {
        Count = 0;
        if (_records.Length > KeptCapacity)
            _records = new AnswerRecord[64];
    }
}
