using Praetor.Core.Gossip.Coordinates;

namespace Praetor.Tests.Gossip;

/// <summary>Vivaldi: nodes that only know their own round trips find a map of all of them.</summary>
public sealed class CoordinateEstimatorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nodes_on_a_line_learn_all_distances_from_a_few_of_them(int seed)
    {
        // Eleven nodes, 10 ms apart.
        var random = new Random(seed);
        CoordinateEstimator[] nodes = [.. Enumerable.Range(0, 11).Select(i => new CoordinateEstimator(new Random(seed + i)))];
        for (int round = 0; round < 1000; round++)
        {
            for (int i = 0; i < nodes.Length; i++)
            {
                int peer = (i + 1 + random.Next(nodes.Length - 1)) % nodes.Length;
                Assert.True(nodes[i].Update($"n{peer}", nodes[peer].Current, Math.Abs(i - peer) * 0.010));
            }
        }

        for (int i = 0; i < nodes.Length; i++)
        {
            for (int other = 0; other < nodes.Length; other++)
            {
                if (i != other)
                    Assert.InRange(nodes[i].Current.DistanceTo(nodes[other].Current), (Math.Abs(i - other) * 0.010) - 0.004, (Math.Abs(i - other) * 0.010) + 0.004);
            }
        }
    }

    [Fact]
    public void Certainty_grows_with_samples()
    {
        var node = new CoordinateEstimator(new Random(1));
        var peer = new CoordinateEstimator(new Random(2));
        for (int i = 0; i < 200; i++)
        {
            node.Update("peer", peer.Current, 0.030);
            peer.Update("node", node.Current, 0.030);
        }

        Assert.True(node.Current.Error < 0.2, $"error {node.Current.Error}");
    }

    [Fact]
    public void One_late_packet_moves_nothing()
    {
        var node = new CoordinateEstimator(new Random(1));
        Coordinate peer = At(0.010);
        for (int i = 0; i < 100; i++)
            node.Update("peer", peer, 0.010);
        double before = node.Current.DistanceTo(peer);

        node.Update("peer", peer, 9.0);

        Assert.Equal(before, node.Current.DistanceTo(peer), 3);
    }

    [Theory]
    [InlineData(-0.001)]
    [InlineData(10.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_round_trip_that_cannot_be_is_not_taken(double seconds)
    {
        var node = new CoordinateEstimator(new Random(1));

        Assert.False(node.Update("peer", At(0.010), seconds));
        Assert.Same(Coordinate.Origin, node.Current);
    }

    [Fact]
    public void A_peer_that_is_nowhere_is_not_taken()
    {
        var node = new CoordinateEstimator(new Random(1));

        Assert.False(node.Update("peer", At(double.NaN), 0.010));
    }

    [Fact]
    public void Whatever_peers_claim_the_own_place_stays_a_place()
    {
        var random = new Random(7);
        var node = new CoordinateEstimator(random);
        for (int i = 0; i < 20_000; i++)
        {
            double[] vec = [.. Enumerable.Range(0, Coordinate.Dimensions).Select(_ => Wild(random))];
            node.Update($"p{i % 5}", new Coordinate(vec, Wild(random), Wild(random), Wild(random)), random.NextDouble() * 10);
            Assert.True(node.Current.IsValid);
            Assert.True(node.Current.Height >= Coordinate.MinHeight);
        }
    }

    [Fact]
    public void The_binary_form_is_read_back_and_nothing_else_is()
    {
        var coordinate = new Coordinate([1, -2, 3, 4, 5, 6, 7, 8], 0.5, -0.001, 0.002);
        byte[] bytes = new byte[Coordinate.EncodedBytes];
        coordinate.Encode(bytes);

        Assert.True(Coordinate.TryDecode(bytes, out Coordinate? read));
        Assert.Equal(coordinate.Vec, read.Vec);
        Assert.Equal((0.5, -0.001, 0.002), (read.Error, read.Adjustment, read.Height));
        Assert.False(Coordinate.TryDecode(bytes.AsSpan(1), out _));
        BitConverter.TryWriteBytes(bytes.AsSpan(8), double.NaN);
        Assert.False(Coordinate.TryDecode(bytes, out _));
    }

    private static Coordinate At(double x) => new([x, 0, 0, 0, 0, 0, 0, 0], 0.1, 0, Coordinate.MinHeight);

    private static double Wild(Random random) => random.Next(4) switch
    {
        0 => double.MaxValue * random.NextDouble(),
        1 => -1e300 * random.NextDouble(),
        2 => 1e-300 * random.NextDouble(),
        _ => random.NextDouble(),
    };
}
