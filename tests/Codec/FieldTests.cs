using Praetor.Core.Codec;
using Praetor.Core.State;

namespace Praetor.Tests.Codec;

public class FieldTests
{
    [Theory]
    [InlineData(0UL, 1)]
    [InlineData(127UL, 1)]
    [InlineData(128UL, 2)]
    [InlineData(ulong.MaxValue, 10)]
    public void Unsigned_numbers_come_back_in_their_shortest_form(ulong value, int bytes)
    {
        using var buffer = new CommandBuffer();
        new FieldWriter(buffer).UInt(value);
        Assert.Equal(bytes, buffer.Length);
        Assert.Equal(value, new FieldReader(buffer.Span).UInt());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Signed_numbers_come_back(long value)
    {
        using var buffer = new CommandBuffer();
        new FieldWriter(buffer).Int(value);
        Assert.Equal(value, new FieldReader(buffer.Span).Int());
    }

    [Fact]
    public void Missing_empty_and_filled_lists_and_maps_are_told_apart()
    {
        using var buffer = new CommandBuffer();
        var writer = new FieldWriter(buffer);
        writer.TextList(null);
        writer.TextList([]);
        writer.TextList(["a", "b"]);
        writer.TextMap(null);
        writer.TextMap(new Dictionary<string, string>());
        writer.TextMap(new Dictionary<string, string> { ["k"] = "v" });
        var reader = new FieldReader(buffer.Span);
        Assert.Null(reader.TextList());
        Assert.Empty(reader.TextList()!);
        Assert.Equal(["a", "b"], reader.TextList()!);
        Assert.Null(reader.TextMap());
        Assert.Empty(reader.TextMap()!);
        Assert.Equal("v", reader.TextMap()!["k"]);
        Assert.True(reader.AtEnd);
    }

    [Fact]
    public void Equal_maps_give_equal_bytes_whatever_their_order()
    {
        using var left = new CommandBuffer();
        using var right = new CommandBuffer();
        new FieldWriter(left).TextMap(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" });
        new FieldWriter(right).TextMap(new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" });
        Assert.Equal(left.Span.ToArray(), right.Span.ToArray());
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02 })]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { })]
    public void Overlong_or_cut_numbers_are_malformed(byte[] input) =>
        Assert.Throws<InvalidDataException>(() => new FieldReader(input).UInt());

    [Fact]
    public void A_length_beyond_the_input_is_refused_before_anything_is_allocated()
    {
        byte[] input = [0xff, 0xff, 0xff, 0xff, 0x7f, 1, 2];
        Assert.Throws<InvalidDataException>(() => new FieldReader(input).Bytes().ToArray());
        Assert.Throws<InvalidDataException>(() => new FieldReader(input).TextList());
        Assert.Throws<InvalidDataException>(() => new FieldReader(input).TextMap());
    }

    [Fact]
    public void Random_bytes_end_in_a_value_or_in_malformed()
    {
        var random = new Random(3);
        for (int round = 0; round < 5000; round++)
        {
            byte[] input = new byte[random.Next(40)];
            random.NextBytes(input);
            Exception? thrown = Record.Exception(() =>
            {
                var reader = new FieldReader(input);
                reader.TextMap();
                reader.TextList();
                reader.OptionalText();
                reader.Int32();
            });
            Assert.True(thrown is null or InvalidDataException);
        }
    }
}
