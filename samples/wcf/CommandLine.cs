namespace Microsoft.ServiceModel.Samples;

// "--name value" and "--flag" on the command line; what nobody asks for is refused.
public sealed class CommandLine
{
    private readonly List<string> _arguments;

    public CommandLine(string[] arguments) => _arguments = arguments.ToList();

    public bool Flag(string name) => _arguments.Remove(name);

    public string Text(string name, string standard)
    {
        int index = _arguments.IndexOf(name);
        if (index < 0) return standard;
        if (index + 1 == _arguments.Count) throw new FormatException(name + " needs a value");
        string value = _arguments[index + 1];
        _arguments.RemoveRange(index, 2);
        return value;
    }

    public int Number(string name, int standard) =>
        int.TryParse(Text(name, standard.ToString()), out int number) && number > 0
            ? number : throw new FormatException(name + " takes a number of at least 1");

    public void RefuseRest()
    {
        if (_arguments.Count > 0) throw new FormatException("unknown option '" + _arguments[0] + "'");
    }
}
