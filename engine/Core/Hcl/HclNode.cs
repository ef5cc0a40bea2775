namespace Praetor.Core.Hcl;

/// <summary>A value in a source.</summary>
public abstract record HclNode(HclPosition Position);

/// <summary>Text.</summary>
public sealed record HclString(HclPosition Position, string Value) : HclNode(Position);

/// <summary>A number: an integer if it was written as one.</summary>
public sealed record HclNumber(HclPosition Position, double Value, bool IsInteger) : HclNode(Position);

/// <summary>true or false.</summary>
public sealed record HclBool(HclPosition Position, bool Value) : HclNode(Position);

/// <summary>A list.</summary>
public sealed record HclList(HclPosition Position, IReadOnlyList<HclNode> Items) : HclNode(Position);

/// <summary>An object: items in the order of the source, also those with the same key.</summary>
public sealed record HclObject(HclPosition Position, IReadOnlyList<HclItem> Items) : HclNode(Position);

/// <summary>One item of an object.</summary>
/// <param name="Keys">The key and, of a block with labels, those.</param>
/// <param name="Value">What it is set to.</param>
public sealed record HclItem(IReadOnlyList<string> Keys, HclNode Value);
