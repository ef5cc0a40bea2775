using System.Text;

namespace Praetor.Api.Cli;

/// <summary>JSON over several lines, as Go's encoder indents it. Pure.</summary>
internal static class IndentedJson
{
    /// <summary>Breaks compact JSON into lines; empty lists and objects stay as they are. No newline at the end.</summary>
    public static string Format(string compact, string indent)
    {
        var text = new StringBuilder(compact.Length * 2);
        int depth = 0;
        bool isInText = false;
        for (int i = 0; i < compact.Length; i++)
        {
            char c = compact[i];
            if (isInText)
            {
                text.Append(c);
                if (c == '\\')
                    text.Append(compact[++i]);
                isInText = c != '"';
                continue;
            }

            switch (c)
            {
                case '"':
                    isInText = true;
                    text.Append(c);
                    break;
                case '{' or '[' when i + 1 < compact.Length && compact[i + 1] is '}' or ']':
                    text.Append(c).Append(compact[++i]);
                    break;
                case '{' or '[':
                    NewLine(text.Append(c), indent, ++depth);
                    break;
                case '}' or ']':
                    NewLine(text, indent, --depth).Append(c);
                    break;
                case ',':
                    NewLine(text.Append(c), indent, depth);
                    break;
                case ':':
                    text.Append(": ");
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }

        return text.ToString();
    }

    private static StringBuilder NewLine(StringBuilder text, string indent, int depth)
    {
        text.Append('\n');
        while (depth-- > 0)
            text.Append(indent);
        return text;
    }
}
