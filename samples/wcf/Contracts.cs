// The contracts of wsdl/*.wsdl as WCF writes them. The attributes are System.ServiceModel's in the client and CoreWCF's
// in the service: see the project files.
namespace Microsoft.ServiceModel.Samples;

[ServiceContract(Namespace = "http://Microsoft.ServiceModel.Samples")]
public interface ICalculator
{
    [OperationContract]
    double Add(double n1, double n2);

    [OperationContract]
    double Subtract(double n1, double n2);

    [OperationContract]
    double Multiply(double n1, double n2);

    [OperationContract]
    double Divide(double n1, double n2);
}

// Each session has an accumulator of its own.
[ServiceContract(Namespace = "http://Microsoft.ServiceModel.Samples", SessionMode = SessionMode.Required)]
public interface ICalculatorSession
{
    [OperationContract(IsOneWay = true)]
    void Clear();

    [OperationContract(IsOneWay = true)]
    void AddTo(double n);

    [OperationContract(IsOneWay = true)]
    void SubtractFrom(double n);

    [OperationContract(IsOneWay = true)]
    void MultiplyBy(double n);

    [OperationContract(IsOneWay = true)]
    void DivideBy(double n);

    [OperationContract]
    double Result();
}

// One-way only: its sessions have no sequence for replies.
[ServiceContract(Namespace = "http://Microsoft.ServiceModel.Samples")]
public interface INotes
{
    [OperationContract(IsOneWay = true)]
    void Note(int id, string text);

    [OperationContract(IsOneWay = true)]
    void SlowNote(int id, int delayMs);
}
