"""The mistakes that students make: birds and airplanes."""

from autograder import Equivalent, Mistake, Text

MISTAKES = [
    Mistake(
        name="not_divided_by_255",
        explanation=Text(
            ko="255로 나누지 않아 값이 0부터 255까지입니다.",
            en="The numbers were not divided by 255 and range from 0 to 255.",
        ),
        loses=frozenset({"dataset", "normalization"}),
        edits=[(".movedim(-1, -3) / 255", ".movedim(-1, -3).float()")],
    ),
    Mistake(
        name="height_and_width_swapped",
        explanation=Text(
            ko="높이와 너비의 차원을 혼동했습니다. (3, 32, 32)에서 행은 1번, 열은 2번 차원입니다.",
            en="Height and width are confused: in (3, 32, 32) the rows are dimension 1, the columns dimension 2.",
        ),
        loses=frozenset({"dataset", "normalization", "parameter_count", "validation_accuracy"}),
        edits=[
            (".movedim(-1, -3) / 255", ".transpose(-1, -3) / 255"),
            ("pixels, dims=2)", "pixels, dims=1)"),
        ],
    ),
    Mistake(
        name="bird_and_cat_swapped",
        explanation=Text(
            ko="클래스의 순서를 잘못 알았습니다. 새는 2번, 고양이는 3번입니다.",
            en="The classes are in the wrong order: bird is number 2 and cat is number 3.",
        ),
        loses=frozenset({"dataset", "two_classes"}),
        edits=[('"bird", "cat", "deer"', '"cat", "bird", "deer"')],
    ),
    Mistake(
        name="validation_statistics",
        explanation=Text(
            ko="검증 이미지를 검증 이미지 자신의 평균과 표준편차로 정규화했습니다. 두 쪽이 다른 변환을 거치게 됩니다.",
            en="The validation images were normalised by their own mean and standard deviation, which is another "
            "transformation than the training images went through.",
        ),
        loses=frozenset({"normalization", "validation_accuracy"}),
        edits=[
            (
                "normalize(to_tensor(validation_images), mean, std)",
                "normalize(to_tensor(validation_images), *channel_statistics(validation_images))",
            )
        ],
    ),
    Mistake(
        name="label_two_kept",
        explanation=Text(
            ko="새의 레이블을 1로 바꾸지 않고 2로 두었습니다.",
            en="The birds' label was left at 2 instead of being mapped to 1.",
        ),
        loses=frozenset({"two_classes"}),
        edits=[("bird: 1}", "bird: bird}")],
    ),
    Mistake(
        name="airplanes_first",
        explanation=Text(
            ko="비행기를 모두 앞에, 새를 모두 뒤에 두어 주어진 순서가 바뀌었습니다.",
            en="All airplanes were put before all birds, so the given order is lost.",
        ),
        loses=frozenset({"two_classes"}),
        edits=[
            (
                "np.flatnonzero((labels == airplane) | (labels == bird))",
                "np.concatenate([np.flatnonzero(labels == airplane), np.flatnonzero(labels == bird)])",
            )
        ],
    ),
    Mistake(
        name="bias_missing",
        explanation=Text(
            ko="선형 계층에 편향이 없습니다.",
            en="The linear layers have no bias.",
        ),
        loses=frozenset({"fully_connected", "validation_accuracy"}),
        edits=[
            ("3 * 32 * 32, hidden)", "3 * 32 * 32, hidden, bias=False)"),
            ("(hidden, 2)", "(hidden, 2, bias=False)"),
        ],
    ),
    Mistake(
        name="hidden_256",
        explanation=Text(
            ko="은닉층의 뉴런 수를 hidden이 아니라 256으로 두었습니다.",
            en="The hidden layer has 256 neurons, whatever `hidden` is.",
        ),
        loses=frozenset({"fully_connected", "validation_accuracy"}),
        edits=[("3 * 32 * 32, hidden)", "3 * 32 * 32, 256)"), ("(hidden, 2)", "(256, 2)")],
    ),
    Mistake(
        name="relu_instead_of_tanh",
        explanation=Text(
            ko="활성 함수로 Tanh 대신 ReLU를 썼습니다.",
            en="The activation function is ReLU instead of Tanh.",
        ),
        loses=frozenset({"fully_connected", "validation_accuracy"}),
        edits=[("torch.nn.Tanh()", "torch.nn.ReLU()")],
    ),
    Mistake(
        name="softmax_over_the_batch",
        explanation=Text(
            ko="소프트맥스를 dim=0, 곧 배치에 걸쳐 계산했습니다. 클래스는 1번 차원에 있습니다.",
            en="The softmax was taken along dim=0, over the batch; the classes are along dimension 1.",
        ),
        loses=frozenset({"softmax", "loss", "training", "validation_accuracy"}),
        edits=[
            ("sum(dim=dim, keepdim=True)", "sum(dim=0, keepdim=True)"),
            ("LogSoftmax(dim=1)", "LogSoftmax(dim=0)"),
        ],
    ),
    Mistake(
        name="softmax_twice",
        explanation=Text(
            ko="이미 확률인 값에 소프트맥스를 한 번 더 적용했습니다.",
            en="The softmax was applied a second time, to what were probabilities already.",
        ),
        loses=frozenset({"softmax", "loss"}),
        edits=[
            ("    probabilities = softmax(logits", "    probabilities = softmax(softmax(logits, dim=1)"),
            (
                "    outputs = log_probabilities(network, images)\n",
                "    outputs = log_probabilities(torch.nn.Sequential(network, torch.nn.Softmax(dim=1)), images)\n",
            ),
        ],
    ),
    Mistake(
        name="probabilities_without_log",
        explanation=Text(
            ko="NLLLoss에 로그 확률이 아니라 확률을 넣었습니다. LogSoftmax를 써야 합니다.",
            en="NLLLoss was given probabilities instead of their logarithms; LogSoftmax must be used.",
        ),
        loses=frozenset({"loss", "training", "validation_accuracy"}),
        edits=[("torch.nn.LogSoftmax(", "torch.nn.Softmax(")],
    ),
    Mistake(
        name="maximum_instead_of_index",
        explanation=Text(
            ko="torch.max가 돌려주는 (최댓값, 번호) 가운데 번호가 아니라 최댓값을 클래스로 썼습니다.",
            en="torch.max returns (maximum, index), and the maximum was taken for the class instead of the index.",
        ),
        loses=frozenset({"softmax", "validation_accuracy"}),
        edits=[("    _, index = torch.max", "    index, _ = torch.max")],
    ),
    Mistake(
        name="forgot_zero_grad",
        explanation=Text(
            ko="zero_grad()를 빠뜨려 기울기가 미니배치마다 누적되었습니다.",
            en="zero_grad() is missing: the gradients of all earlier minibatches add up.",
        ),
        loses=frozenset({"training"}),
        appended="""

def train(network, images, labels, epochs, lr, batch_size, shuffle):
    optimizer, losses = torch.optim.SGD(network.parameters(), lr=lr), []
    for _ in range(epochs):
        for batch, target in make_loader(images, labels, batch_size, shuffle):
            loss = torch.nn.NLLLoss()(log_probabilities(network, batch), target)
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses
""",
    ),
    Mistake(
        name="linear_classifier",
        explanation=Text(
            ko="은닉층이 없는 선형 분류기를 학습했습니다. tanh 뉴런 512개의 은닉층이 있어야 합니다.",
            en="A linear classifier was trained: the hidden layer of 512 tanh neurons is missing.",
        ),
        loses=frozenset({"validation_accuracy"}),
        edits=[
            (
                "    network = build_network(512).to(device)",
                "    network = torch.nn.Linear(3072, 2).to(device)",
            )
        ],
    ),
    Mistake(
        name="whole_data_as_a_batch",
        explanation=Text(
            ko="미니배치 64가 아니라 전체 자료로 한 에포크에 한 번만 갱신했습니다.",
            en="Each epoch made one update with all the data instead of one for each minibatch of 64.",
        ),
        loses=frozenset({"validation_accuracy"}),
        edits=[(".to(device), 64, True)", ".to(device), len(train_tensors), True)")],
    ),
    Mistake(
        name="adam_instead_of_sgd",
        explanation=Text(ko="SGD 대신 Adam으로 학습했습니다.", en="Adam was used instead of SGD."),
        loses=frozenset({"validation_accuracy"}),
        edits=[
            (
                "torch.optim.SGD(network.parameters(), lr=0.01)",
                "torch.optim.Adam(network.parameters(), lr=0.001)",
            )
        ],
    ),
    Mistake(
        name="never_shuffled",
        explanation=Text(
            ko="shuffle을 무시하고 항상 주어진 순서대로 학습했습니다.",
            en="The images always come in the given order, whatever `shuffle` says.",
        ),
        loses=frozenset({"training", "validation_accuracy"}),
        edits=[("shuffle=shuffle)", "shuffle=False)")],
    ),
    Mistake(
        name="last_minibatch_dropped",
        explanation=Text(
            ko="크기가 모자란 마지막 미니배치를 버렸습니다. 한 에포크에는 모든 이미지가 쓰여야 합니다.",
            en="The last, smaller minibatch was dropped; an epoch uses every image.",
        ),
        loses=frozenset({"training", "validation_accuracy"}),
        edits=[("shuffle=shuffle)", "shuffle=shuffle, drop_last=len(images) > batch_size)")],
    ),
    Mistake(
        name="mean_loss_of_the_epoch",
        explanation=Text(
            ko="마지막 미니배치의 손실이 아니라 에포크의 평균 손실을 반환했습니다.",
            en="The mean loss of each epoch was returned instead of its last minibatch's.",
        ),
        loses=frozenset({"training"}),
        edits=[
            (
                "    criterion = torch.nn.NLLLoss()\n    for",
                "    criterion, losses = torch.nn.NLLLoss(), []\n    for",
            ),
            (
                "        optimizer.step()\n    return loss.item()",
                "        optimizer.step()\n        losses.append(loss.item())\n    return sum(losses) / len(losses)",
            ),
        ],
    ),
    Mistake(
        name="frozen_counted",
        explanation=Text(
            ko="학습되지 않는 파라미터까지 셌습니다. requires_grad가 False인 것은 세지 않습니다.",
            en="Parameters that are not trained were counted too: leave out those whose requires_grad is False.",
        ),
        loses=frozenset({"parameter_count"}),
        edits=[
            (
                " for parameter in network.parameters() if parameter.requires_grad]",
                " for parameter in network.parameters()]",
            )
        ],
    ),
    Mistake(
        name="biases_not_counted",
        explanation=Text(
            ko="가중치만 세고 편향을 빠뜨렸습니다. Linear(3072, 512)의 파라미터는 3072·512+512개입니다.",
            en="The weights were counted without the biases; Linear(3072, 512) has 3072·512+512 parameters.",
        ),
        loses=frozenset({"parameter_count"}),
        edits=[("if parameter.requires_grad]", "if parameter.requires_grad and parameter.ndim > 1]")],
    ),
]

EQUIVALENT: list[Equivalent] = []
