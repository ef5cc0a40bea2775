using Praetor.Core.Hcl;

namespace Praetor.Api.Config;

/// <summary>Reads a configuration source written in HCL (config 2). Pure.</summary>
internal static class HclConfigText
{
    /// <summary>Parses a whole document.</summary>
    /// <returns>Null with the value, or the detail that follows <c>failed to parse SOURCE: </c>.</returns>
    public static string? Parse(string text, out ConfigValue value)
    {
        value = ConfigValue.NewObject();
        try
        {
            value = Of(HclParser.Parse(text));
            return null;
        }
        catch (HclException e)
        {
            return e.Message;
        }
    }

    /// <summary>
    /// An object within an object is a list of one: a block may be repeated, and then it is a list of more. Of other values under one key the last one counts.
    /// </summary>
    private static ConfigValue Of(HclObject node)
    {
        ConfigValue result = ConfigValue.NewObject();
        foreach (HclItem item in node.Items)
        {
            ConfigValue value = item.Value is HclObject block ? ConfigValue.OfBlocks([Of(block)]) : Of(item.Value);
            for (int i = item.Keys.Count - 1; i > 0; i--)
            {
                ConfigValue labelled = ConfigValue.NewObject();
                labelled.Set(item.Keys[i], value);
                value = ConfigValue.OfBlocks([labelled]);
            }

            ConfigValue? before = result.Find(item.Keys[0]);
            result.Set(item.Keys[0], before is { IsBlocks: true } && value.IsBlocks ? ConfigValue.OfBlocks([.. before.Items, .. value.Items]) : value);
        }

        return result;
    }

    private static ConfigValue Of(HclNode node) => node switch
    {
        HclString text => ConfigValue.Of(text.Value),
        HclBool truth => ConfigValue.Of(truth.Value),
        HclNumber { IsInteger: true } number => ConfigValue.Of((long)number.Value),
        HclNumber number => ConfigValue.Of(number.Value),
        HclList list => ConfigValue.OfList(list.Items.Select(static item => item is HclObject inner ? Of(inner) : Of(item))),
        HclObject inner => Of(inner),
        _ => throw new InvalidOperationException($"{node.GetType().Name} is no value"),
    };
}
