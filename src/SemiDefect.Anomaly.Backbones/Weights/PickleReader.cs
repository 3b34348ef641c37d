using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>
/// Reads the subset of Python's pickle format that torch state dicts use (opcodes: CPython, Lib/pickletools.py):
/// numbers, strings, tuples, lists, dictionaries, and tensors as views of storages. Anything else is rejected by name,
/// and no code is ever executed. Strings are returned as string, integers as long or BigInteger, tuples as object?[],
/// lists as List, dictionaries as Dictionary by string. The number of bytes, operations and characters is limited. Not
/// thread-safe.
/// </summary>
/// <param name="stream">Positioned at the start of the pickle; afterwards positioned right after it.</param>
/// <param name="source">The file, for messages.</param>
internal sealed class PickleReader(Stream stream, WeightsSource source)
{
    private const int LargestPickle = 1 << 24;
    private const int LargestText = 1 << 20;
    private const int MostOperations = 1_000_000;

    private readonly PickleStack _stack = new(source);
    private readonly Dictionary<long, object?> _memo = [];
    private readonly Dictionary<string, TorchStorage> _storages = new(StringComparer.Ordinal);
    private long _end;

    /// <summary>The storages of the tensors, by key.</summary>
    public IReadOnlyDictionary<string, TorchStorage> Storages => _storages;

    /// <summary>Reads one object.</summary>
    /// <exception cref="WeightsFormatException">
    /// The pickle is damaged, too large, or contains something that does not belong in a state dict.
    /// </exception>
    public object? Read()
    {
        _stack.Clear();
        _memo.Clear();
        _end = Math.Min(stream.Length, stream.Position + LargestPickle);
        for (int operation = 0; operation < MostOperations; operation++)
        {
            int code = NextByte();
            if (code == '.')
            {
                return _stack.Pop();
            }

            Execute(code);
        }

        throw source.Refuse($"its pickle has more than {MostOperations} operations");
    }

    private void Execute(int code)
    {
        switch (code)
        {
            case 0x80: // PROTO
                int protocol = NextByte();
                if (protocol > 5)
                {
                    throw source.Refuse($"it is written in pickle protocol {protocol}");
                }

                break;
            case 0x95: // FRAME
                Take(8);
                break;
            case '(': // MARK
                _stack.Mark();
                break;
            case '0': // POP
                _stack.Pop();
                break;
            case '1': // POP_MARK
                _stack.PopToMark();
                break;
            case '2': // DUP
                _stack.Push(_stack.Peek());
                break;
            case 'Q': // BINPERSID
                _stack.Push(Storage(_stack.Pop()));
                break;
            case 'c': // GLOBAL
                _stack.Push(Global(Line(), Line()));
                break;
            case 0x93: // STACK_GLOBAL
                object? name = _stack.Pop();
                _stack.Push(Global(_stack.Pop() as string, name as string));
                break;
            case 'R': // REDUCE
                object? arguments = _stack.Pop();
                _stack.Push(Reduce(_stack.Pop() as PickleGlobal, arguments as object?[]));
                break;
            case 'b': // BUILD
                _stack.Pop();
                if (_stack.Peek() is not Dictionary<string, object?>)
                {
                    throw source.Refuse("it sets the state of an object that is not a dictionary");
                }

                break;
            default:
                if (!ExecuteMemo(code) && !ExecuteScalar(code) && !ExecuteContainer(code))
                {
                    throw source.Refuse($"it uses the pickle operation 0x{code:x2}, which no state dict needs");
                }

                break;
        }
    }

    private bool ExecuteMemo(int code)
    {
        switch (code)
        {
            case 'q': // BINPUT
                _memo[NextByte()] = _stack.Peek();
                return true;
            case 'r': // LONG_BINPUT
                _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = _stack.Peek();
                return true;
            case 0x94: // MEMOIZE
                _memo[_memo.Count] = _stack.Peek();
                return true;
            case 'h': // BINGET
                _stack.Push(Remembered(NextByte()));
                return true;
            case 'j': // LONG_BINGET
                _stack.Push(Remembered(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
                return true;
            default:
                return false;
        }
    }

    private bool ExecuteScalar(int code)
    {
        switch (code)
        {
            case 'N': // NONE
                _stack.Push(null);
                return true;
            case 0x88 or 0x89: // NEWTRUE, NEWFALSE
                _stack.Push(code == 0x88);
                return true;
            case 'K': // BININT1
                _stack.Push((long)NextByte());
                return true;
            case 'M': // BININT2
                _stack.Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                return true;
            case 'J': // BININT
                _stack.Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                return true;
            case 0x8a: // LONG1
                PushNumber(Take(NextByte()));
                return true;
            case 'G': // BINFLOAT
                _stack.Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                return true;
            case 'X': // BINUNICODE
                _stack.Push(Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))));
                return true;
            case 0x8c: // SHORT_BINUNICODE
                _stack.Push(Encoding.UTF8.GetString(Take(NextByte())));
                return true;
            case 'U': // SHORT_BINSTRING
                _stack.Push(Encoding.Latin1.GetString(Take(NextByte())));
                return true;
            case 'T': // BINSTRING
                _stack.Push(Encoding.Latin1.GetString(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))));
                return true;
            default:
                return false;
        }
    }

    private bool ExecuteContainer(int code)
    {
        switch (code)
        {
            case '}': // EMPTY_DICT
                _stack.Push(new Dictionary<string, object?>(StringComparer.Ordinal));
                return true;
            case ']': // EMPTY_LIST
                _stack.Push(new List<object?>());
                return true;
            case ')': // EMPTY_TUPLE
                _stack.Push(Array.Empty<object?>());
                return true;
            case 't': // TUPLE
                _stack.Push(_stack.PopToMark());
                return true;
            case 0x85 or 0x86 or 0x87: // TUPLE1, TUPLE2, TUPLE3
                _stack.Push(_stack.PopMany(code - 0x84));
                return true;
            case 'a': // APPEND
                Append([_stack.Pop()]);
                return true;
            case 'e': // APPENDS
                Append(_stack.PopToMark());
                return true;
            case 's': // SETITEM
                SetItems(_stack.PopMany(2));
                return true;
            case 'u': // SETITEMS
                SetItems(_stack.PopToMark());
                return true;
            default:
                return false;
        }
    }

    private void Append(object?[] items)
    {
        List<object?> list = _stack.Peek() as List<object?>
            ?? throw source.Refuse("it appends to something that is not a list");
        list.AddRange(items);
    }

    private void SetItems(object?[] items)
    {
        Dictionary<string, object?> dictionary = _stack.Peek() as Dictionary<string, object?>
            ?? throw source.Refuse("it puts items into something that is not a dictionary");
        for (int i = 0; i + 1 < items.Length; i += 2)
        {
            // Other keys occur besides the weights, for example in an optimizer's state; they are not needed here.
            if (items[i] is string key)
            {
                dictionary[key] = items[i + 1];
            }
        }
    }

    private PickleGlobal Global(string? module, string? name)
    {
        var global = new PickleGlobal($"{module}.{name}");
        return global.IsKnown
            ? global
            : throw new WeightsFormatException(
                $"'{source.Name}' asks for '{Printable(global.Name)}', which does not belong in a state dict; nothing "
                    + "was run. Save the plain weights (a state dict) and give that file.");
    }

    private object? Reduce(PickleGlobal? function, object?[]? arguments)
    {
        switch (function?.Name)
        {
            case PickleGlobal.OrderedDictionary when arguments is []:
                return new Dictionary<string, object?>(StringComparer.Ordinal);
            case PickleGlobal.OrderedDictionary when arguments is [List<object?> pairs]:
                var dictionary = new Dictionary<string, object?>(StringComparer.Ordinal);
                foreach (object? pair in pairs)
                {
                    if (pair is List<object?> { Count: 2 } or object?[] { Length: 2 }
                        && ((IList<object?>)pair)[0] is string key)
                    {
                        dictionary[key] = ((IList<object?>)pair)[1];
                    }
                }

                return dictionary;
            case PickleGlobal.RebuildTensor or PickleGlobal.RebuildTensor2
                when arguments is [TorchStorage storage, long offset, object?[] shape, object?[] strides, ..]:
                return new TorchTensor(storage, offset, Numbers(shape), Numbers(strides));
            case PickleGlobal.RebuildParameter when arguments is [TorchTensor tensor, ..]:
                return tensor;
            case PickleGlobal.Size when arguments is [object?[] sizes]:
                return sizes;
            default:
                throw source.Refuse(
                    $"it calls '{Printable(function?.Name ?? "something unnamed")}' in a way that no state dict needs");
        }
    }

    private TorchStorage Storage(object? id)
    {
        if (id is not object?[] { Length: >= 5 } parts
            || parts[0] is not "storage"
            || parts[1] is not PickleGlobal { Storage: { } type }
            || parts[2] is not string key
            || parts[4] is not long count
            || count < 0)
        {
            throw source.Refuse("it refers to something that is not a tensor storage");
        }

        if (parts.Length > 5 && parts[5] is not null)
        {
            throw source.Refuse(
                "it holds a storage that is a view of another, as torch wrote before version 0.4: load it there and "
                    + "save it again");
        }

        if (_storages.TryGetValue(key, out TorchStorage? known))
        {
            return known.Type == type && known.Count == count
                ? known
                : throw source.Refuse($"the storage '{Printable(key)}' is described in two ways");
        }

        return _storages[key] = new TorchStorage(key, type, count);
    }

    private long[] Numbers(object?[] values)
    {
        const int MostDimensions = 16;
        if (values.Length > MostDimensions || !Array.TrueForAll(values, value => value is long))
        {
            throw source.Refuse("a tensor has an invalid shape");
        }

        return [.. values.Select(value => (long)value!)];
    }

    private void PushNumber(ReadOnlySpan<byte> littleEndian)
    {
        var number = new BigInteger(littleEndian);
        if (number >= long.MinValue && number <= long.MaxValue)
        {
            _stack.Push((long)number);
        }
        else
        {
            _stack.Push(number);
        }
    }

    private object? Remembered(long index) =>
        _memo.TryGetValue(index, out object? value)
            ? value
            : throw source.Refuse("it refers to an object that does not exist");

    private int NextByte()
    {
        int next = stream.Position < _end ? stream.ReadByte() : -1;
        return next >= 0 ? next : throw source.Refuse("its pickle is truncated");
    }

    private byte[] Take(long count)
    {
        if (count > LargestText || count > _end - stream.Position)
        {
            throw source.Refuse($"its pickle claims a text of {count} bytes");
        }

        byte[] bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private string Line()
    {
        const int LongestLine = 256;
        var line = new StringBuilder();
        for (int next = NextByte(); next != '\n'; next = NextByte())
        {
            if (line.Length == LongestLine)
            {
                throw source.Refuse("its pickle has a name that does not end");
            }

            line.Append((char)next);
        }

        return line.ToString();
    }

    private static string Printable(string text) =>
        string.Concat(text.Take(128).Select(character => char.IsControl(character) ? '?' : character));
}
