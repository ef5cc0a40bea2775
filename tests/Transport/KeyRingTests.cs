using Praetor.Transport.Gossip;

namespace Praetor.Tests.Transport;

public class KeyRingTests
{
    private static byte[] Key(int seed, int size = 32)
    {
        byte[] key = new byte[size];
        new Random(seed).NextBytes(key);
        return key;
    }

    private static KeyRing RingOf(params byte[][] keys)
    {
        var ring = new KeyRing();
        foreach (byte[] key in keys)
            Assert.Null(ring.Install(key));
        return ring;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(33)]
    public void Keys_of_other_sizes_are_refused(int size) => Assert.Equal("key size must be 16, 24 or 32 bytes", new KeyRing().Install(new byte[size]));

    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(32)]
    public void The_first_key_becomes_the_primary(int size)
    {
        KeyRing ring = RingOf(Key(1, size), Key(2));
        Assert.True(ring.IsEnabled);
        Assert.Equal([Convert.ToBase64String(Key(1, size)), Convert.ToBase64String(Key(2))], ring.Keys);
    }

    [Fact]
    public void Installing_a_key_again_changes_nothing() => Assert.Single(RingOf(Key(1), Key(1)).Keys);

    [Fact]
    public void A_rotation_installs_uses_and_removes()
    {
        KeyRing ring = RingOf(Key(1));
        Assert.Equal("requested key is not in the keyring", ring.Use(Key(2)));
        Assert.Null(ring.Install(Key(2)));
        Assert.Equal("removing the primary key is not allowed", ring.Remove(Key(1)));
        Assert.Null(ring.Use(Key(2)));
        Assert.Null(ring.Remove(Key(1)));
        Assert.Null(ring.Remove(Key(1)));
        Assert.Equal([Convert.ToBase64String(Key(2))], ring.Keys);
    }

    [Theory]
    [InlineData("not base64!", "illegal base64 data")]
    [InlineData("AAAA", "key size must be 16, 24 or 32 bytes")]
    [InlineData("", "key size must be 16, 24 or 32 bytes")]
    public void A_configured_text_that_is_no_key_is_refused(string text, string reason)
    {
        Assert.Null(KeyRing.TryParse(text, out string? refusal));
        Assert.Equal(reason, refusal);
    }

    [Fact]
    public void A_configured_text_is_decoded()
    {
        Assert.Equal(Key(3), KeyRing.TryParse(Convert.ToBase64String(Key(3)), out string? refusal));
        Assert.Null(refusal);
    }

    [Fact]
    public void The_file_keeps_keys_and_primary_and_is_the_owners_alone()
    {
        string folder = Directory.CreateTempSubdirectory("praetor-ring").FullName;
        try
        {
            string path = Path.Combine(folder, "serf", "local.keyring");
            Assert.False(KeyRingFile.TryLoad(path, new KeyRing()));
            KeyRing ring = RingOf(Key(1), Key(2, 16));
            ring.Use(Key(2, 16));
            KeyRingFile.Save(path, ring);
            KeyRingFile.Save(path, ring);
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            var loaded = new KeyRing();
            Assert.True(KeyRingFile.TryLoad(path, loaded));
            Assert.Equal(ring.Keys, loaded.Keys);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("[\"AAAA\"]")]
    [InlineData("[\"x\"")]
    public void A_file_that_is_no_ring_is_named(string content)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, content);
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => KeyRingFile.TryLoad(path, new KeyRing())).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
