using System.Globalization;

namespace Praetor.Core.Hcl;

/// <summary>Where a token begins: both counted from 1, the column in characters.</summary>
public readonly record struct HclPosition(int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}");
}

/// <summary>A text is not HCL. The message says where and what was expected: <c>At 2:1: ...</c> (config 2).</summary>
public sealed class HclException(HclPosition position, string problem) : Exception($"At {position}: {problem}")
{
    /// <summary>Where.</summary>
    public HclPosition Position { get; } = position;
}
