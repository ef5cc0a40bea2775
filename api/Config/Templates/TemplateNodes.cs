namespace Praetor.Api.Config.Templates;

/// <summary>A piece of a template.</summary>
internal abstract record TemplateNode;

/// <summary>Text that is copied.</summary>
internal sealed record TextNode(string Text) : TemplateNode;

/// <summary>An action whose value is printed, unless it only sets a variable.</summary>
internal sealed record ActionNode(Pipeline Pipeline) : TemplateNode;

/// <summary>What a control action does with its pipeline.</summary>
internal enum BranchKind
{
    /// <summary>The body if the value is not empty.</summary>
    If,

    /// <summary>The same, with the value as dot.</summary>
    With,

    /// <summary>The body for each element.</summary>
    Range,
}

/// <summary>if, with or range, with what is behind its else.</summary>
internal sealed record BranchNode(BranchKind Kind, Pipeline Pipeline, IReadOnlyList<TemplateNode> Body, IReadOnlyList<TemplateNode> Else) : TemplateNode;

/// <summary>break or continue.</summary>
internal sealed record JumpNode(bool IsBreak) : TemplateNode;

/// <summary>Commands whose results are the last argument of the next one; variables that take the last result.</summary>
/// <param name="Variables">Names with their dollar sign.</param>
/// <param name="IsDeclared"><c>:=</c>, not <c>=</c>.</param>
/// <param name="Commands">At least one.</param>
internal sealed record Pipeline(IReadOnlyList<string> Variables, bool IsDeclared, IReadOnlyList<IReadOnlyList<Operand>> Commands);

/// <summary>A word of a command.</summary>
internal abstract record Operand;

/// <summary>A string, number, boolean or nil.</summary>
internal sealed record LiteralOperand(object? Value) : Operand;

/// <summary>A function by name.</summary>
internal sealed record FunctionOperand(string Name) : Operand;

/// <summary>Dot, or a variable, with the fields that follow.</summary>
/// <param name="Variable">Name with its dollar sign; null for dot.</param>
/// <param name="Fields">Fields in order.</param>
internal sealed record ReferenceOperand(string? Variable, IReadOnlyList<string> Fields) : Operand;

/// <summary>A pipeline in parentheses, with the fields that follow.</summary>
internal sealed record NestedOperand(Pipeline Pipeline, IReadOnlyList<string> Fields) : Operand;

/// <summary>A template that is not one, or that cannot be carried out; the message is Go's.</summary>
internal sealed class TemplateException(string message) : Exception(message);
