using System.Runtime.CompilerServices;
using System.Text;

namespace Praetor.Api.Dns.Wire;

/// <summary>
/// A name prepared for writing, cut where other names share its end, so that a message compresses without comparing bytes:
/// <c>n1</c> -> <c>node</c> -> <c>dc1</c> -> the domain. A chain ends in the root, or in the domain as the client spelled it.
/// Immutable; two names are the same for compression if they are the same object.
/// </summary>
public sealed class WireName
{
    private WireName(byte[] labels, WireName? tail, bool isAskedDomain)
    {
        Labels = labels;
        Tail = tail;
        IsAskedDomain = isAskedDomain;
        EndsInAskedDomain = isAskedDomain || tail is { EndsInAskedDomain: true };
        LabelBytes = labels.Length + (tail?.LabelBytes ?? 0);
        Hash = RuntimeHelpers.GetHashCode(this);
    }

    /// <summary>Length-prefixed labels of this piece; never empty except for <see cref="AskedDomain"/>.</summary>
    public byte[] Labels { get; }

    /// <summary>The rest of the name; null means the root follows.</summary>
    public WireName? Tail { get; }

    /// <summary>This object stands for the domain as asked.</summary>
    public bool IsAskedDomain { get; }

    /// <summary>The chain ends in the domain as asked instead of the root.</summary>
    public bool EndsInAskedDomain { get; }

    /// <summary>Bytes of all labels in the chain, without the domain as asked and without the root.</summary>
    public int LabelBytes { get; }

    /// <summary>Stable while the object lives; spreads identities over a table.</summary>
    public int Hash { get; }

    /// <summary>The end of every name that is written under "the domain as the client spelled it".</summary>
    public static WireName AskedDomain { get; } = new([], null, isAskedDomain: true);

    /// <summary>
    /// Prepares the dotted <paramref name="text"/> in front of <paramref name="tail"/> (null = root; one trailing dot of the text
    /// is then ignored). Bytes go out as they are: UTF-8, spaces and all. Null if a label is empty or longer than 63 bytes, or the
    /// whole longer than 255 with <paramref name="domainBytes"/> (wire length of the longest domain, root included) in place.
    /// </summary>
    public static WireName? TryCreate(string text, WireName? tail, int domainBytes = 1)
    {
        if (tail is null && text.EndsWith('.'))
            text = text[..^1];
        int textBytes = Encoding.UTF8.GetByteCount(text);
        if (textBytes == 0 || textBytes + 1 + (tail?.LabelBytes ?? 0) + domainBytes > DnsLimits.NameBytes)
            return null;

        byte[] labels = new byte[textBytes + 1];
        Encoding.UTF8.GetBytes(text, labels.AsSpan(1));
        for (int start = 0; start < labels.Length;)
        {
            ReadOnlySpan<byte> rest = labels.AsSpan(start + 1);
            int length = rest.IndexOf((byte)'.');
            if (length < 0)
                length = rest.Length;
            if (length is 0 or > DnsLimits.LabelBytes)
                return null;
            labels[start] = (byte)length;
            start += 1 + length;
            if (start == labels.Length - 1)
                return null; // the text ends in a dot: an empty last label
        }
        return new WireName(labels, tail, isAskedDomain: false);
    }

    /// <summary>Labels that are already in wire form, without root, in front of the domain as asked.</summary>
    public static WireName UnderAskedDomain(ReadOnlySpan<byte> labels) => new(labels.ToArray(), AskedDomain, isAskedDomain: false);

    /// <summary>A whole name in wire form, root included; null for the root alone.</summary>
    public static WireName? OfWire(ReadOnlySpan<byte> wire) => wire.Length <= 1 ? null : new WireName(wire[..^1].ToArray(), null, isAskedDomain: false);

    /// <summary>Copies the name with the root (the chain must not end in the domain as asked).</summary>
    public byte[] ToWire()
    {
        byte[] wire = new byte[LabelBytes + 1];
        int at = 0;
        for (WireName? piece = this; piece is not null; piece = piece.Tail)
        {
            piece.Labels.CopyTo(wire, at);
            at += piece.Labels.Length;
        }
        return wire;
    }
}
