using System.Text;

namespace Praetor.Runtime.Children;

/// <summary>Keeps the last bytes of an output of any length in bounded memory. Not thread-safe.</summary>
public sealed class TailBuffer(int capacityBytes)
{
    private const int InitialBytes = 512;

    private byte[] _ring = new byte[Math.Min(InitialBytes, capacityBytes)];
    private int _next;

    /// <summary>Bytes written so far, kept or not.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>Bytes that fit.</summary>
    public int CapacityBytes => capacityBytes;

    /// <summary>Appends, dropping the oldest bytes when full.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        TotalBytes += bytes.Length;
        if (bytes.Length > capacityBytes)
            bytes = bytes[^capacityBytes..];

        // Until it is full, the ring has never wrapped: its content is [0, _next).
        if (_ring.Length < capacityBytes && _ring.Length - _next < bytes.Length)
            Array.Resize(ref _ring, (int)Math.Min(capacityBytes, Math.Max(_ring.Length * 2L, (long)_next + bytes.Length)));

        var untilEnd = Math.Min(bytes.Length, _ring.Length - _next);
        bytes[..untilEnd].CopyTo(_ring.AsSpan(_next));
        bytes[untilEnd..].CopyTo(_ring);
        _next += bytes.Length;
        if (_next >= _ring.Length && _ring.Length == capacityBytes)
            _next -= _ring.Length;
    }

    /// <summary>The kept bytes as text; what is not UTF-8 becomes U+FFFD.</summary>
    public override string ToString()
    {
        if (TotalBytes <= capacityBytes)
            return Encoding.UTF8.GetString(_ring, 0, (int)TotalBytes);

        var kept = new byte[capacityBytes];
        _ring.AsSpan(_next).CopyTo(kept);
        _ring.AsSpan(0, _next).CopyTo(kept.AsSpan(capacityBytes - _next));
        return Encoding.UTF8.GetString(kept);
    }

    /// <summary>The kept text, headed by how much was cut if something was (scripts and containers).</summary>
    public string ToCapturedText() =>
        TotalBytes <= capacityBytes ? ToString() : $"Captured {capacityBytes} of {TotalBytes} bytes\n...\n{ToString()}";
}
