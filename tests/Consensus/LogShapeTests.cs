using Praetor.Core.Consensus;

namespace Praetor.Tests.Consensus;

public class LogShapeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_tells_what_a_plain_list_tells(int seed)
    {
        var random = new Random(seed);
        var shape = new LogShape();
        var list = new List<(long Term, int Size)>();
        long baseIndex = 0;
        long baseTerm = 0;
        long term = 1;
        for (int i = 0; i < 5000; i++)
        {
            long last = baseIndex + list.Count;
            switch (random.Next(20))
            {
                case 0 when list.Count > 0:
                    long from = baseIndex + 1 + random.Next(list.Count);
                    shape.TruncateFrom(from);
                    list.RemoveRange((int)(from - baseIndex - 1), (int)(last - from + 1));
                    break;
                case 1 when list.Count > 0:
                    int drop = random.Next(list.Count) + 1;
                    baseTerm = list[drop - 1].Term;
                    baseIndex += drop;
                    list.RemoveRange(0, drop);
                    shape.CompactThrough(baseIndex);
                    break;
                default:
                    term = Math.Max(term + (random.Next(10) == 0 ? 1 : 0), list.Count > 0 ? list[^1].Term : baseTerm);
                    int size = random.Next(1000);
                    shape.Append(term, size);
                    list.Add((term, size));
                    break;
            }

            Check(shape, list, baseIndex, baseTerm, random);
        }
    }

    private static void Check(LogShape shape, List<(long Term, int Size)> list, long baseIndex, long baseTerm, Random random)
    {
        long last = baseIndex + list.Count;
        Assert.Equal((baseIndex, last, list.Count > 0 ? list[^1].Term : baseTerm), (shape.BaseIndex, shape.LastIndex, shape.LastTerm));
        Assert.Equal((-1, baseTerm, -1), (shape.TermAt(baseIndex - 1), shape.TermAt(baseIndex), shape.TermAt(last + 1)));
        if (list.Count == 0)
            return;
        int at = random.Next(list.Count);
        Assert.Equal(list[at].Term, shape.TermAt(baseIndex + 1 + at));
        Assert.Equal(baseIndex + 1 + list.FindIndex(entry => entry.Term == list[at].Term), shape.FirstOfTermAt(baseIndex + 1 + at));
        Assert.Equal(baseIndex + 1 + list.FindLastIndex(entry => entry.Term <= list[at].Term), shape.LastOfTermUpTo(list[at].Term));
        int end = at + 1;
        for (long bytes = list[at].Size; end < list.Count && end - at < 5 && (bytes += list[end].Size) <= 1500; end++)
        {
        }

        Assert.Equal(baseIndex + end, shape.LastWithin(baseIndex + 1 + at, 1500, 5));
    }
}
