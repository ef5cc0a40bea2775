namespace Praetor.Api.Dns.Lookups;

/// <summary>Uniform order for answers: Fisher-Yates over a SplitMix64 stream. Seeded, so a test can replay it; not for secrets.</summary>
public sealed class Shuffler(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>Puts the items into a random order.</summary>
    public void Shuffle(Span<int> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A number from 0 to <paramref name="count"/> - 1. The bias of the multiplication is below count / 2^32.</summary>
    private int Below(int count)
    {
        ulong z = _state += Step;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)(((z ^ (z >> 31)) >> 32) * (ulong)count >> 32);
    }
}
