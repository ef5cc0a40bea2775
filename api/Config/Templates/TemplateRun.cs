using System.Text;
using Praetor.Core.Codec;

namespace Praetor.Api.Config.Templates;

/// <summary>What functions there are for a template: by name, the arguments in order.</summary>
internal delegate object? TemplateFunction(IReadOnlyList<object?> arguments);

/// <summary>Carries a template out. Bounded by what it ranges over: there are no loops without a list.</summary>
internal sealed class TemplateRun
{
    /// <summary>Longer results are no addresses.</summary>
    private const int MaxOutput = 64 * 1024;

    private readonly Func<string, TemplateFunction?> _functions;
    private readonly StringBuilder _output = new();
    private readonly List<(string Name, object? Value)> _variables = [];

    private TemplateRun(Func<string, TemplateFunction?> functions) => _functions = functions;

    private enum Jump
    {
        None,
        Break,
        Continue,
    }

    /// <summary>The text that a template comes to.</summary>
    /// <exception cref="TemplateException">It cannot be carried out.</exception>
    public static string Execute(IReadOnlyList<TemplateNode> nodes, object? data, Func<string, TemplateFunction?> functions)
    {
        var run = new TemplateRun(functions);
        run._variables.Add(("$", data));
        run.Walk(nodes, data);
        return run._output.ToString();
    }

    private Jump Walk(IReadOnlyList<TemplateNode> nodes, object? dot)
    {
        foreach (TemplateNode node in nodes)
        {
            switch (node)
            {
                case TextNode text:
                    Print(text.Text);
                    break;
                case ActionNode action:
                    object? value = Evaluate(action.Pipeline, dot);
                    if (action.Pipeline.Variables.Count == 0)
                        Print(TemplateValues.Print(value));
                    break;
                case BranchNode branch:
                    if (Branch(branch, dot) is var jump and not Jump.None)
                        return jump;
                    break;
                case JumpNode leave:
                    return leave.IsBreak ? Jump.Break : Jump.Continue;
            }
        }

        return Jump.None;
    }

    private void Print(string text)
    {
        if (_output.Length + text.Length > MaxOutput)
            throw new TemplateException("the result is too long");
        _output.Append(text);
    }

    private Jump Branch(BranchNode branch, object? dot)
    {
        int mark = _variables.Count;
        try
        {
            if (branch.Kind == BranchKind.Range)
                return Range(branch, dot);
            object? value = Evaluate(branch.Pipeline, dot);
            return TemplateValues.IsTrue(value) ? Walk(branch.Body, branch.Kind == BranchKind.With ? value : dot) : Walk(branch.Else, dot);
        }
        finally
        {
            _variables.RemoveRange(mark, _variables.Count - mark);
        }
    }

    private Jump Range(BranchNode branch, object? dot)
    {
        Pipeline pipeline = branch.Pipeline with { Variables = [] };
        IReadOnlyList<object?> elements = TemplateValues.Elements(Evaluate(pipeline, dot));
        if (elements.Count == 0)
            return Walk(branch.Else, dot);
        int mark = _variables.Count;
        for (int i = 0; i < elements.Count; i++)
        {
            IReadOnlyList<string> names = branch.Pipeline.Variables;
            if (names.Count > 0)
                _variables.Add((names[^1], elements[i]));
            if (names.Count > 1)
                _variables.Add((names[0], (long)i));
            Jump jump = Walk(branch.Body, elements[i]);
            _variables.RemoveRange(mark, _variables.Count - mark);
            if (jump == Jump.Break)
                break;
        }

        return Jump.None;
    }

    private object? Evaluate(Pipeline pipeline, object? dot)
    {
        object? value = null;
        for (int i = 0; i < pipeline.Commands.Count; i++)
            value = Command(pipeline.Commands[i], dot, hasFinal: i > 0, value);
        foreach (string name in pipeline.Variables)
            Set(name, value, pipeline.IsDeclared);
        return value;
    }

    private void Set(string name, object? value, bool isDeclared)
    {
        int at = isDeclared ? -1 : _variables.FindLastIndex(variable => variable.Name == name);
        if (at < 0)
            _variables.Add((name, value));
        else
            _variables[at] = (name, value);
    }

    private object? Command(IReadOnlyList<Operand> operands, object? dot, bool hasFinal, object? final)
    {
        if (operands[0] is FunctionOperand function)
        {
            List<object?> arguments = [.. operands.Skip(1).Select(operand => Value(operand, dot))];
            if (hasFinal)
                arguments.Add(final);
            return Call(function.Name, arguments);
        }

        if (operands.Count > 1 || hasFinal)
            throw new TemplateException("can't give argument to non-function");
        return Value(operands[0], dot);
    }

    private object? Call(string name, IReadOnlyList<object?> arguments)
    {
        try
        {
            return (_functions(name) ?? throw new TemplateException($"function {GoQuote.Quote(name)} not defined"))(arguments);
        }
        catch (TemplateException wrong) when (!wrong.Message.StartsWith("error calling ", StringComparison.Ordinal))
        {
            throw new TemplateException($"error calling {name}: {wrong.Message}");
        }
    }

    private object? Value(Operand operand, object? dot) => operand switch
    {
        LiteralOperand literal => literal.Value,
        FunctionOperand function => Call(function.Name, []),
        NestedOperand nested => nested.Fields.Aggregate(Evaluate(nested.Pipeline, dot), TemplateValues.Field),
        ReferenceOperand { Variable: null } reference => reference.Fields.Aggregate(dot, TemplateValues.Field),
        ReferenceOperand reference => reference.Fields.Aggregate(_variables.FindLast(variable => variable.Name == reference.Variable).Value, TemplateValues.Field),
        _ => throw new TemplateException("unexpected operand"),
    };
}
