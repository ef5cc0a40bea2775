using System.Buffers;
using Praetor.Core.Consensus;
using Praetor.Core.Ports;

namespace Praetor.Tests.Consensus;

public class RaftMessageCodecTests
{
    private static readonly ServerSet Servers = new([new ServerMember("a", "1.2.3.4:8300", true)]);

    private static byte[] Encode(RaftMessage message, params LogEntry[] entries)
    {
        var output = new ArrayBufferWriter<byte>();
        RaftMessageCodec.Encode(output, message, entries);
        return output.WrittenSpan.ToArray();
    }

    private static readonly RaftMessage Full = new(RaftMessageKind.Append, "a", "b", 7) { Index = 300, LogTerm = 6, CommitIndex = 299, Round = 12, IsGranted = true, IsTransfer = true };

    private static readonly LogEntry[] Entries =
    [
        new(301, 6, LogEntryKind.Command, new byte[] { 1, 2, 3 }), new(302, 7, LogEntryKind.NoOp, default), new(303, 7, LogEntryKind.Configuration, Servers.Encode()),
    ];

    [Fact]
    public void A_message_arrives_as_it_was_sent()
    {
        var received = new ReceivedEntries();
        RaftMessage read = RaftMessageCodec.Decode("a", "b", Encode(Full, Entries), received);
        LogEntry[] entries = received.Entries.ToArray();
        Assert.Equal(Full with { Count = 3 }, read with { Entries = default });
        Assert.Equal([(301L, 6L, 3), (302, 7, 0), (303, 7, Entries[2].Payload.Length)], entries.Select(entry => (entry.Index, entry.Term, entry.Payload.Length)));
        Assert.Equal([1, 2, 3], entries[0].Payload.ToArray());
        Assert.Equal(Servers.Servers, read.Entries.Span[2].Servers!.Servers);
    }

    [Fact]
    public void Another_version_is_refused_by_name()
    {
        byte[] bytes = Encode(Full);
        bytes[0] = 9;
        Assert.Equal("raft message version 9 is not understood, only 1", Assert.Throws<InvalidDataException>(() => RaftMessageCodec.Decode("a", "b", bytes, new ReceivedEntries())).Message);
    }

    [Fact]
    public void Every_shortened_message_is_refused()
    {
        byte[] bytes = Encode(Full, Entries);
        for (int length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => RaftMessageCodec.Decode("a", "b", bytes.AsMemory(0, length), new ReceivedEntries()));
        Assert.Throws<InvalidDataException>(() => RaftMessageCodec.Decode("a", "b", (byte[])[.. bytes, 0], new ReceivedEntries()));
    }

    [Fact]
    public void Mutated_and_random_bytes_are_read_or_refused()
    {
        var random = new Random(11);
        byte[] good = Encode(Full, Entries);
        var entries = new ReceivedEntries();
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes = i % 4 == 0 ? new byte[random.Next(40)] : [.. good];
            for (int flips = random.Next(1, 5); flips > 0 && bytes.Length > 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                RaftMessageCodec.Decode("a", "b", bytes, entries);
                Assert.True(entries.Count <= bytes.Length);
            }
            catch (InvalidDataException)
            {
                // Refused.
            }
        }
    }
}
